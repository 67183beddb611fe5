/** Kinds of work that may wait, and where they are seen to. */

export const WHERE: Record<string, string> = {
  orders_expiring: "/orders?status=placed",
  refunds_failed: "/refunds?state=failed",
  refunds_quiet: "/refunds?state=sent",
  notices_rejected: "/payment-notices?verdict=rejected",
  shortages_open: "/stock/shortages?resolved=false",
  works_release: "/fulfillment",
  works_pick: "/fulfillment",
  works_ship: "/fulfillment",
  orders_unpaid: "/orders?status=placed",
  products_audit: "/products?status=audit",
  jobs_dead: "/health/jobs?state=dead",
  jobs_late: "/health/jobs?state=due",
}

/** Money at risk and what runs out of time: told in the color of alerts, with a mark. */
export const PRESSING = new Set(["orders_expiring", "refunds_failed", "notices_rejected", "jobs_dead"])
