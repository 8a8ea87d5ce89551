package schema_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
	"github.com/streitfall/streitfall/dispute/schema"
)

// TestWhatIsReadFitsItsSchema: any case, status and event that Go can write is valid, and the schema names all its members.
func TestWhatIsReadFitsItsSchema(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	for name, of := range map[string]reflect.Type{
		"case": reflect.TypeFor[dispute.Case](), "status": reflect.TypeFor[dispute.View](), "event": reflect.TypeFor[events.Event](),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := schema.Text(name)
			require.NoError(t, err)
			rapid.Check(t, func(t *rapid.T) {
				document := reflect.New(of)
				fill(t, document.Elem())
				data := encode(t, document.Interface())
				require.NoError(t, schemas[name].Validate(decode(t, string(data))), string(data))
				for _, member := range member.FindAllString(string(data), -1) {
					require.Contains(t, text, member)
				}
				requireBroken(t, schemas[name].Validate, data)
			})
		})
	}
}

// requireBroken requires that a document is not valid any more if one of its members is something else.
func requireBroken(t *rapid.T, validate func(any) error, data []byte) {
	var document map[string]any
	require.NoError(t, json.Unmarshal(data, &document))
	names := []string{"state", "waitingFor", "id", "number", "type", "dispute", "disputedAmount", "data"}
	name := rapid.SampledFrom(names).Draw(t, "broken")
	if _, has := document[name]; has {
		document[name] = []any{}
		require.Error(t, validate(document), name)
	}
}

// listed are the values of types that have a list of them.
var listed = map[reflect.Type]any{
	reflect.TypeFor[dispute.Party](): dispute.Parties, reflect.TypeFor[dispute.State](): dispute.States, reflect.TypeFor[dispute.Wait](): dispute.Waits,
	reflect.TypeFor[dispute.Reason](): dispute.Reasons, reflect.TypeFor[dispute.Cause](): dispute.Causes, reflect.TypeFor[dispute.Terms](): dispute.AllTerms,
	reflect.TypeFor[dispute.ProposalState](): dispute.ProposalStates, reflect.TypeFor[dispute.Stage](): dispute.Stages,
	reflect.TypeFor[dispute.Channel](): dispute.Channels, reflect.TypeFor[dispute.SendResult](): dispute.SendResults,
	reflect.TypeFor[dispute.Outcome](): dispute.Outcomes, reflect.TypeFor[dispute.ClosingReason](): dispute.ClosingReasons,
	reflect.TypeFor[dispute.Occasion](): dispute.Occasions, reflect.TypeFor[events.Type](): events.Types,
}

// fill sets a value to a random one.
func fill(t *rapid.T, value reflect.Value) {
	if values, has := listed[value.Type()]; has {
		all := reflect.ValueOf(values)
		value.Set(all.Index(rapid.IntRange(0, all.Len()-1).Draw(t, "value")))
		return
	}
	switch value.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "set") {
			value.Set(reflect.New(value.Type().Elem()))
			fill(t, value.Elem())
		}
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), rapid.IntRange(0, 2).Draw(t, "length"), 2))
		for i := range value.Len() {
			fill(t, value.Index(i))
		}
	case reflect.Struct:
		if value.Type() == reflect.TypeFor[time.Time]() {
			value.Set(reflect.ValueOf(now.Add(time.Duration(rapid.IntRange(0, 1<<40).Draw(t, "time")))))
			return
		}
		for i := range value.NumField() {
			fill(t, value.Field(i))
		}
	case reflect.String:
		value.SetString(strings.ToValidUTF8(rapid.StringN(0, 5, -1).Draw(t, "text"), ""))
	case reflect.Bool:
		value.SetBool(rapid.Bool().Draw(t, "bool"))
	default:
		value.SetInt(rapid.Int64Range(0, dispute.MaxAmount).Draw(t, "number"))
	}
}
