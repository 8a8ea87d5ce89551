package link

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Role is what a link makes its reader.
type Role string

// The roles.
const (
	// RoleMerchant opens one Dispute for its merchant, or all of a Merchant.
	RoleMerchant Role = "merchant"
	// RoleCustomer opens one Dispute for its complainant.
	RoleCustomer Role = "customer"
	// RoleDesk signs in a Login of the desk, RoleOperator one of an operator.
	RoleDesk     Role = "desk"
	RoleOperator Role = "operator"
	// RoleAddress confirms the new address of a Merchant's settings, to which the link was sent. It opens nothing.
	RoleAddress Role = "address"
)

// Claim is what a link says. Exactly one of Dispute, Merchant and Login is set, as the role needs it.
type Claim struct {
	Role Role
	// Dispute and Merchant are ids. Login is a name under which somebody of the desk or an operator acts.
	Dispute, Merchant, Login string
	// Expires is when the link stops working, in whole seconds.
	Expires time.Time
}

// kind is a role with what it opens, as one byte of the token. The numbers are in links that people have.
type kind byte

const (
	merchantOfDispute kind = iota + 1
	merchant
	customer
	desk
	operator
	address
)

// parse gives meaning to a kind: the role, and the member of the claim that has the subject.
func (k kind) parse(c *Claim) (subject *string, ok bool) {
	switch k {
	case merchantOfDispute:
		c.Role, subject = RoleMerchant, &c.Dispute
	case merchant:
		c.Role, subject = RoleMerchant, &c.Merchant
	case customer:
		c.Role, subject = RoleCustomer, &c.Dispute
	case desk:
		c.Role, subject = RoleDesk, &c.Login
	case operator:
		c.Role, subject = RoleOperator, &c.Login
	case address:
		c.Role, subject = RoleAddress, &c.Merchant
	}
	return subject, subject != nil
}

// encode returns the kind and the subject of a claim.
func (c Claim) encode() (kind, string, error) {
	for k := merchantOfDispute; k <= address; k++ {
		var known Claim
		subject, _ := k.parse(&known)
		*subject = c.Dispute + c.Merchant + c.Login
		if known.Expires = c.Expires; *subject != "" && known == c {
			return k, *subject, nil
		}
	}
	if !slices.Contains([]Role{RoleMerchant, RoleCustomer, RoleDesk, RoleOperator, RoleAddress}, c.Role) {
		return 0, "", fmt.Errorf("there are no links for the role %.40q", c.Role)
	}
	return 0, "", errors.New("a link opens either one dispute for merchant or customer, or all of a merchant, or a login of desk or operator")
}
