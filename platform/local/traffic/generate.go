package traffic

//go:generate go tool avrogen -pkg traffic -strict-types -o event_gen.go ../../../contracts/orders/checkout/placed.v1.avsc ../../../contracts/orders/checkout/status.v1.avsc ../../../contracts/catalog/pim/products.v1.avsc ../../../contracts/catalog/pim/prices.v1.avsc ../../../contracts/customer/crm/profiles.v1.avsc ../../../contracts/payments/gateway/payments.v1.avsc ../../../contracts/fulfillment/warehouse/shipments.v1.avsc ../../../contracts/fulfillment/warehouse/tracking.v1.avsc ../../../contracts/marketing/campaign-desk/campaigns.v1.avsc
