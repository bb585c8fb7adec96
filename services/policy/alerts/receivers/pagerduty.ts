import { type Described, shortened } from './describe-alert.ts'

export const pagerDutyUrl = 'https://events.pagerduty.com/v2/enqueue'

const longestSummary = 1_024
const longestDedupKey = 255

/** An event of PagerDuty's Events API v2. Alerts about the same thing are one incident, which ends when the trouble does. */
export function pagerDutyEvent(
  { title, severity, facts, subject, isOver, link }: Described,
  { routingKey, type, timestamp }: { routingKey: string; type: string; timestamp: string },
): object {
  return {
    routing_key: routingKey,
    event_action: isOver ? 'resolve' : 'trigger',
    dedup_key: shortened(`airs-cp ${subject}`, longestDedupKey),
    client: 'AIRS-CP',
    ...(link !== undefined && { client_url: link }),
    payload: {
      summary: shortened(`AIRS-CP: ${title}`, longestSummary),
      source: 'airs-cp',
      severity,
      timestamp,
      class: type,
      custom_details: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    },
    ...(link !== undefined && { links: [{ href: link, text: 'Open in AIRS-CP' }] }),
  }
}
