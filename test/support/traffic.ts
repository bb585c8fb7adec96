import { type Bus, publishEvent } from '@airs-cp/bus'
import {
  type EventType,
  eventTypes,
  ingressOfSource,
  type RecordedBody,
  type RecordedContent,
  recordBody,
  subjectOfIngress,
  trafficSubject,
  uuidv7,
} from '@airs-cp/events'

const decision = {
  action: 'allow',
  mode: 'observe',
  policySet: 1,
  verdicts: [],
  findings: [],
  scanned: { characters: 0, skipped: [] },
}

export type TestEvent = {
  id: string
  type: EventType
  session: string
  exchange: string
  sequence: number
  json: string
  /** In whose subject space it is published; else as ingresses of version 0.1 did. */
  ingress?: string | undefined
}

/** Makes events as an ingress writes them: one journal, numbered without gaps. */
export function createTrafficSource(
  journal = uuidv7(),
  source = `/airs/ingress/test/${uuidv7()}`,
  ingress = ingressOfSource(source),
) {
  let sequence = 0
  const make = (type: EventType, session: string, exchange: string, data: object): TestEvent => {
    sequence += 1
    const id = uuidv7()
    const event = {
      specversion: '1.0',
      id,
      type,
      source,
      subject: exchange,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      tenant: 'default',
      session,
      exchange,
      journal,
      sequence,
      data: { recording: 'strict', ...data },
    }
    return { id, type, session, exchange, sequence, json: JSON.stringify(event), ingress }
  }
  return {
    journal,
    source,
    request: (
      exchange = uuidv7(),
      session = uuidv7(),
      text = '{"model":"m","messages":[]}',
      { sources = [], tags = [], body }: { sources?: string[]; tags?: string[]; body?: RecordedBody } = {},
    ) =>
      make(eventTypes.requestReceived, session, exchange, {
        provider: 'mock',
        decision,
        tags,
        sources,
        request: {
          method: 'POST',
          path: '/v1/chat/completions',
          format: 'openai.chat',
          model: 'm',
          stream: false,
          body: body ?? recordBody(Buffer.from(text), 'application/json'),
        },
      }),
    completed: (exchange: string, session: string, text = '{}') =>
      make(eventTypes.responseCompleted, session, exchange, {
        provider: 'mock',
        status: 200,
        stream: false,
        decision,
        attempts: [],
        timing: { durationMs: 1 },
        body: recordBody(Buffer.from(text), 'application/json'),
      }),
    content: (exchange: string, session: string, content: RecordedContent) =>
      make(eventTypes.contentRecorded, session, exchange, content),
    started: (previous: string | undefined, journals: { journal: string; lastSequence: number }[]) =>
      make(eventTypes.ingressStarted, source, uuidv7(), { previous, journals }),
    damaged: (damaged: string, from: number, to: number) =>
      make(eventTypes.journalDamaged, source, uuidv7(), { journal: damaged, from, to, file: 'a.segment' }),
  }
}

/** Publishes an event as the shipper does; `messageId` other than its own makes JetStream take it for a new one. */
export function ship(bus: Bus, event: TestEvent, messageId = event.id): Promise<void> {
  const subject = trafficSubject('default', event.session, event.type)
  const { ingress } = event
  return publishEvent(
    bus,
    ingress === undefined ? subject : subjectOfIngress(subject, ingress),
    messageId,
    event.json,
  )
}
