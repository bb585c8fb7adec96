import type { Alert } from '../alert-of.ts'
import { describeAlert } from './describe-alert.ts'
import { pagerDutyEvent } from './pagerduty.ts'
import { slackMessage } from './slack.ts'
import { teamsMessage } from './teams.ts'

/** Where alerts go, and in which form. Addresses and keys are secrets. */
export type Receiver =
  | { kind: 'webhook' | 'slack' | 'teams'; url: string }
  | { kind: 'pagerduty'; url: string; routingKey: string }

/** The body that a receiver of this kind takes, made of the alert as it is queued. */
export function bodyFor(receiver: Receiver, body: string, consoleUrl: string | undefined): string {
  if (receiver.kind === 'webhook') return body
  const alert = JSON.parse(body) as Alert
  const described = describeAlert(alert, consoleUrl)
  const { type, timestamp } = alert
  if (receiver.kind === 'pagerduty')
    return JSON.stringify(pagerDutyEvent(described, { routingKey: receiver.routingKey, type, timestamp }))
  return JSON.stringify(receiver.kind === 'slack' ? slackMessage(described) : teamsMessage(described))
}

/** For people: what may be shown of it. */
export function nameOf({ kind, url }: Receiver): string {
  const { origin } = new URL(url)
  return kind === 'webhook' ? origin : `${kind} ${origin}`
}
