#!/usr/bin/env bash
# A shop's backend that opens a dispute with its invoice and its merchant in one call, proposes a refund and reads events, with
# curl and jq.
set -euo pipefail
number=${1:-4723}
api=$STREITFALL_URL/api/v1

# call PATH [OPTION...]: sends a request until it is answered, as it was: what it asks for happens once. A refusal ends the script
# and says why.
call() {
  local path=$1
  shift
  curl --silent --show-error --fail-with-body --retry 8 --retry-connrefused --max-time 30 \
    --header "Authorization: Bearer $STREITFALL_TOKEN" --header 'Content-Type: application/json' "$@" "$api$path"
}

jq --null-input --arg number "$number" '
  {amount: 12990, currency: "EUR"} as $amount |
  {
    id: "shop-\($number)", openedAt: now | todate, reason: "goods_not_received", merchantId: "nordlicht",
    orderId: "order-\($number)", invoiceId: "invoice-\($number)", disputedAmount: $amount,
    complainant: {id: "customer-815", name: "Jonas Weber", email: "jonas.weber@mail.example", locale: "de-DE"},
    merchant: {id: "nordlicht", name: "Nordlicht Kaffee GmbH", email: "service@nordlicht-kaffee.example", locale: "de-DE"},
    invoice: {
      id: "invoice-\($number)", orderId: "order-\($number)", merchantId: "nordlicht", customerId: "customer-815",
      amount: $amount, paid: 0, dueDate: "2027-01-15"
    }
  }' |
  call /disputes --data @- | jq --raw-output '"opened \(.id) \(.state)"'

# A message takes effect once under its key, however often it is sent.
proposal='{"terms": "merchant_refunds", "refund": {"amount": 3000, "currency": "EUR"}, "proposedBy": "merchant"}'
for _ in first again; do
  call "/disputes/shop-$number/propose" --header "Idempotency-Key: proposal-$number" --data "$proposal" >/dev/null
done
call "/disputes/shop-$number" | jq --raw-output '.proposals[] | "proposed \(.number) \(.terms) \(.refund.amount) \(.state)"'

# What has happened, from the beginning; "next" is where to go on the next time.
next=0
while
  page=$(call "/events?after=$next")
  jq --raw-output '.events[] | "\(.type) \(.data.disputeId // .data.invoiceId)"' <<<"$page"
  [[ $(jq .next <<<"$page") != "$next" ]]
do next=$(jq .next <<<"$page"); done
