package main

import (
	"bytes"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// metrics are what a worker has counted since its start, by name.
type metrics map[string]*dto.MetricFamily

func parseMetrics(scrape []byte) (metrics, error) {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	return parser.TextToMetricFamilies(bytes.NewReader(scrape))
}

// sum adds up a counter, or how often something took its time, over all labels that fit.
func (m metrics) sum(name string, labels map[string]string) (total float64) {
	for _, metric := range m[name].GetMetric() {
		fitting := 0
		for _, label := range metric.GetLabel() {
			if value, asked := labels[label.GetName()]; asked && value == label.GetValue() {
				fitting++
			}
		}
		if fitting == len(labels) {
			total += metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return total
}
