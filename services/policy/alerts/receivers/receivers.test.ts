import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { ConfigError } from '@airs-cp/runtime'
import fc from 'fast-check'
import { z } from 'zod'
import type { Alert } from '../alert-of.ts'
import { sendAlert } from '../send-alert.ts'
import { alertSettings, alertVariables } from '../settings.ts'
import { describeAlert } from './describe-alert.ts'
import { bodyFor, nameOf, type Receiver } from './request-of.ts'

const blocked: Alert = {
  type: eventTypes.requestBlocked,
  timestamp: '2026-11-28T10:00:00.000Z',
  data: {
    event: 'e1',
    tenant: 'default',
    session: '<!channel> *s* [x](http://evil.example)',
    exchange: 'x1',
    action: 'block',
    policies: [{ policy: 'no-secrets', version: 2, action: 'block', enforced: true }],
    findings: { 'secrets:jwt': 2 },
  },
}
const slack: Receiver = { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/secret' }
const teams: Receiver = { kind: 'teams', url: 'https://teams.example/hook/secret' }
const pagerDuty: Receiver = {
  kind: 'pagerduty',
  url: 'https://events.pagerduty.com/v2/enqueue',
  routingKey: 'R0123456789012345678901234567890',
}
const sent = (receiver: Receiver, alert: Alert = blocked) =>
  JSON.parse(bodyFor(receiver, JSON.stringify(alert), 'https://airs.example/'))

test('Slack gets blocks in which no name mentions people or formats', () => {
  const { text, blocks } = sent(slack)
  assert.match(text, /^AIRS-CP: Request blocked: &lt;!channel&gt;/)
  const shown = JSON.stringify(blocks)
  assert.doesNotMatch(shown, /<!channel>|<http/)
  assert.match(shown, /no-secrets \(block\)/)
  assert.match(shown, /secrets:jwt: 2/)
  assert.equal(blocks.at(-1).elements[0].url, 'https://airs.example/exchanges/x1')
  for (const { fields = [] } of blocks) assert.ok(fields.length <= 10)
})

test('Teams gets an Adaptive Card in which no name is a link', () => {
  const [{ contentType, content }] = sent(teams).attachments
  assert.equal(contentType, 'application/vnd.microsoft.card.adaptive')
  assert.equal(content.type, 'AdaptiveCard')
  assert.doesNotMatch(JSON.stringify(content.body), /[^\\]\[x\]/)
  assert.deepEqual(content.actions, [
    { type: 'Action.OpenUrl', title: 'Open in AIRS-CP', url: 'https://airs.example/exchanges/x1' },
  ])
})

test('PagerDuty gets an event whose incident ends when the trouble does', () => {
  const event = sent(pagerDuty)
  assert.deepEqual(
    [event.routing_key, event.event_action, event.dedup_key, event.payload.severity],
    [pagerDuty.kind === 'pagerduty' && pagerDuty.routingKey, 'trigger', 'airs-cp event e1', 'warning'],
  )
  const mode = (mode: string) =>
    sent(pagerDuty, { ...blocked, type: eventTypes.modeChanged, data: { event: mode, mode } })
  const [off, enforce] = [mode('off'), mode('enforce')]
  assert.deepEqual([off.event_action, off.payload.severity], ['trigger', 'critical'])
  assert.equal(enforce.event_action, 'resolve')
  assert.equal(off.dedup_key, enforce.dedup_key)
  const session = (type: Alert['type']) =>
    sent(pagerDuty, { ...blocked, type, data: { event: type, session: 's' } })
  const [held, released] = [session(eventTypes.sessionQuarantined), session(eventTypes.sessionReleased)]
  assert.deepEqual([held.event_action, released.event_action], ['trigger', 'resolve'])
  assert.equal(held.dedup_key, released.dedup_key)
})

test('whatever an alert says, it fits in what receivers take, and other webhooks get it as it is', () => {
  const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 3_000 }), fc.integer())
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(eventTypes)),
      fc.dictionary(fc.constantFrom('session', 'name', 'reason', 'agent', 'mode', 'server'), value),
      (type, data) => {
        const alert = { type, timestamp: blocked.timestamp, data: { event: 'e', ...data } }
        const { payload, dedup_key } = sent(pagerDuty, alert)
        assert.ok(payload.summary.length <= 1_024 && dedup_key.length <= 255)
        for (const { fields = [] } of sent(slack, alert).blocks)
          for (const { text } of fields) assert.ok(text.length <= 4_000)
        assert.ok(describeAlert(alert).title.length > 0)
        const webhook: Receiver = { kind: 'webhook', url: 'https://example.com' }
        assert.deepEqual(sent(webhook, alert), JSON.parse(JSON.stringify(alert)))
      },
    ),
  )
})

test('a receiver over HTTP gets its own format, unsigned where it does not check', async () => {
  const received: { path: string; signed: boolean; body: Record<string, unknown> }[] = []
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request))
    received.push({ path: request.url!, signed: 'webhook-signature' in request.headers, body })
    response.writeHead(202).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings = alertSettings(
    z.object(alertVariables).parse({
      AIRS_ALERT_URLS: `${base}/any`,
      AIRS_ALERT_SECRET: 'a secret of many characters',
      AIRS_ALERT_SLACK_URLS: `${base}/slack`,
      AIRS_ALERT_TEAMS_URLS: `${base}/teams`,
      AIRS_ALERT_PAGERDUTY_KEYS: 'R0123456789012345678901234567890',
      AIRS_ALERT_PAGERDUTY_URL: `${base}/pagerduty`,
    }),
  )!
  for (const receiver of settings.targets.values())
    await sendAlert(receiver.url, receiver.kind === 'webhook' ? settings.key : undefined, {
      id: 'e1',
      body: bodyFor(receiver, JSON.stringify(blocked), undefined),
    })
  server.close()
  assert.deepEqual(
    received.map(({ path, signed, body }) => [path, signed, Object.keys(body)[0]]),
    [
      ['/any', true, 'type'],
      ['/slack', false, 'text'],
      ['/teams', false, 'type'],
      ['/pagerduty', false, 'routing_key'],
    ],
  )
})

test('neither what is shown of a receiver nor an error about one has its secret', () => {
  assert.deepEqual([slack, teams, pagerDuty].map(nameOf), [
    'slack https://hooks.slack.com',
    'teams https://teams.example',
    'pagerduty https://events.pagerduty.com',
  ])
  const read = (config: Record<string, string>) => () => alertSettings(z.object(alertVariables).parse(config))
  for (const [config, message] of [
    [{ AIRS_ALERT_SLACK_URLS: 'ftp://secret-host/secret' }, /AIRS_ALERT_SLACK_URLS/],
    [{ AIRS_ALERT_PAGERDUTY_KEYS: 'secret!' }, /AIRS_ALERT_PAGERDUTY_KEYS/],
    [{ AIRS_ALERT_URLS: 'https://example.com/secret' }, /AIRS_ALERT_SECRET/],
    [
      { AIRS_ALERT_TEAMS_URLS: 'https://me:secret!@example.com' },
      /AIRS_ALERT_TEAMS_URLS has an address with a/,
    ],
  ] as const)
    assert.throws(read(config), (error: Error) => {
      assert.ok(error instanceof ConfigError)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /secret-host|secret!|example\.com/)
      return true
    })
})
