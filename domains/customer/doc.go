// Package customer publishes who the shop's customers are, to those who may know. Owner: customer-team.
//
// It promises that a change of a profile is there within half an hour, and that what is read by people who only
// count customers holds nothing that names one.
//
//	Customers transform  crm.profiles -> customers  the whole profile, personal data
//	                                  -> segments   segment, region and cohort only
package customer

//go:generate go tool avrogen -pkg customer -strict-types -o event_gen.go ../../contracts/customer/crm/profiles.v1.avsc ../../contracts/customer/customers/customers.v1.avsc ../../contracts/customer/customers/segments.v1.avsc
