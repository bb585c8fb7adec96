import { Consumer, type ConsumerConfig, type StoredMessage, Stream, type StreamConfig } from './jetstream.ts'
import {
  createCommandReader,
  encodeHeaders,
  encodeMessage,
  headerValue,
  matches,
  type Outgoing,
} from './nats-protocol.ts'
import type { ServerSide, SimulatedServer } from './platform/network.ts'
import type { World } from './world.ts'

type Connection = { side: ServerSide; subscriptions: Map<string, string> }
type Request = {
  connection: Connection
  reply: string
  messages: number
  bytes: number
  expiresAtMs: number
  heartbeatMs: number
  stream: Stream
  consumer: Consumer
}

const streamNotFound = { code: 404, err_code: 10_059, description: 'stream not found' }
const consumerNotFound = { code: 404, err_code: 10_014, description: 'consumer not found' }
const messageNotFound = { code: 404, err_code: 10_037, description: 'no message found' }
const maxPayload = 1024 * 1024

/**
 * A NATS server with JetStream, as far as the programs use it: core subjects, streams with a window of duplicates, durable
 * pull consumers, direct reads. It acknowledges a message when it is written, not when it is synced.
 */
export class NatsServer implements SimulatedServer {
  isUp = true
  /** Refuses messages for streams, as with a full disk. */
  refuses = false
  /** How often a message is delivered though it was delivered before. */
  duplicates = 0
  readonly streams = new Map<string, Stream>()
  readonly #world: World
  readonly #connections = new Set<Connection>()
  #requests: Request[] = []
  #clients = 0
  #created = 0

  constructor(world: World) {
    this.#world = world
  }

  accept(side: ServerSide) {
    const connection: Connection = { side, subscriptions: new Map() }
    this.#connections.add(connection)
    const info = {
      server_id: 'SIMULATED',
      server_name: 'simulated',
      version: '2.9.10',
      proto: 1,
      headers: true,
      max_payload: maxPayload,
      jetstream: true,
      client_id: ++this.#clients,
    }
    side.send(Buffer.from(`INFO ${JSON.stringify(info)}\r\n`))
    const read = createCommandReader((command) => {
      if (command.kind === 'ping') side.send(Buffer.from('PONG\r\n'))
      else if (command.kind === 'subscribe') connection.subscriptions.set(command.id, command.subject)
      else if (command.kind === 'unsubscribe') connection.subscriptions.delete(command.id)
      else if (command.kind === 'publish') this.#publish(connection, command)
    })
    return { data: read, closed: () => this.#forget(connection) }
  }

  /** Ends as a process does: what it had written is there at the next start. */
  stop(): void {
    this.isUp = false
    for (const connection of [...this.#connections]) connection.side.close()
    this.#connections.clear()
    this.#requests = []
  }

  start(): void {
    this.isUp = true
    for (const stream of this.streams.values())
      for (const consumer of stream.consumers.values())
        for (const pending of consumer.pending.values()) pending.deadlineMs = this.#world.nowMs + 500
  }

  losePower(): void {
    this.stop()
    for (const stream of this.streams.values()) stream.losePower(this.#world.random)
  }

  loseStore(): void {
    this.stop()
    this.streams.clear()
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection)
    this.#requests = this.#requests.filter((request) => request.connection !== connection)
  }

  #route(message: Outgoing): boolean {
    let isHeard = false
    for (const { side, subscriptions } of this.#connections)
      for (const [id, pattern] of subscriptions)
        if (matches(pattern, message.subject)) {
          side.send(encodeMessage(message, id))
          isHeard = true
        }
    return isHeard
  }

  #respond(connection: Connection, reply: string | undefined, outgoing: Omit<Outgoing, 'subject'>): void {
    if (reply !== undefined && this.#connections.has(connection)) this.#route({ subject: reply, ...outgoing })
  }

  #publish(
    connection: Connection,
    {
      subject,
      reply,
      headers,
      payload,
    }: { subject: string; reply: string | undefined; headers: Buffer | undefined; payload: Buffer },
  ): void {
    this.#world.onTrace?.(`  nats: ${connection.side.process.name} sends ${subject}, ${payload.length} bytes`)
    if (subject.startsWith('$JS.ACK.')) {
      this.#acknowledge(subject, payload)
      return
    }
    if (subject.startsWith('$JS.API.')) {
      // An API request of JetStream takes a moment.
      this.#world.schedule('request', this.#world.random.delay(0.3), () =>
        this.#serve(connection, subject.slice('$JS.API.'.length), reply, payload),
      )
      return
    }
    const stream = [...this.streams.values()].find((each) => each.takes(subject))
    if (stream) this.#store(connection, stream, { subject, reply, headers, payload })
    else if (!this.#route({ subject, reply, headers, payload }))
      this.#respond(connection, reply, { headers: encodeHeaders('503'), payload: Buffer.alloc(0) })
  }

  #store(
    connection: Connection,
    stream: Stream,
    {
      subject,
      reply,
      headers,
      payload,
    }: { subject: string; reply: string | undefined; headers: Buffer | undefined; payload: Buffer },
  ): void {
    const respond = (body: object) =>
      this.#respond(connection, reply, { payload: Buffer.from(JSON.stringify(body)) })
    const { name } = stream.config
    if (this.refuses) {
      respond({ stream: name, seq: 0, error: { code: 503, err_code: 10_077, description: 'no room left' } })
      return
    }
    const id = headerValue(headers, 'Nats-Msg-Id')
    const { sequence, isDuplicate } = stream.add(
      subject,
      headers && Buffer.from(headers),
      Buffer.from(payload),
      id,
      this.#world.nowMs,
    )
    respond({ stream: name, seq: sequence, ...(isDuplicate && { duplicate: true }) })
    this.#deliver(stream)
  }

  #serve(connection: Connection, subject: string, reply: string | undefined, payload: Buffer): void {
    const [area, verb, ...names] = subject.split('.')
    if (area === 'DIRECT') this.#readDirectly(connection, names, reply)
    else {
      const body = payload.length > 0 ? JSON.parse(payload.toString()) : {}
      const stream = this.streams.get(names[verb === 'MSG' ? 1 : 0] ?? '')
      if (area === 'CONSUMER' && verb === 'MSG' && stream)
        this.#pull(connection, stream, names[2]!, reply!, body)
      else {
        const response =
          area === 'INFO'
            ? { memory: 0, storage: 0, streams: 0 }
            : area === 'STREAM'
              ? this.#serveStream(verb!, stream, body)
              : this.#serveConsumer(verb!, stream, names[1]!, body)
        this.#respond(connection, reply, { payload: Buffer.from(JSON.stringify(response)) })
      }
    }
  }

  #serveStream(
    verb: string,
    stream: Stream | undefined,
    body: StreamConfig & { last_by_subj: string },
  ): object {
    if (verb === 'CREATE') return this.#createStream(body)
    if (!stream) return { error: streamNotFound }
    if (verb === 'MSG') {
      const message = stream.lastOf(body.last_by_subj)
      return message ? { message: this.#describeMessage(message) } : { error: messageNotFound }
    }
    if (verb === 'UPDATE') Object.assign(stream.config, body)
    if (verb === 'DELETE') {
      this.streams.delete(stream.config.name)
      return { success: true }
    }
    return this.#describeStream(stream)
  }

  #serveConsumer(
    verb: string,
    stream: Stream | undefined,
    name: string,
    body: { config: ConsumerConfig },
  ): object {
    if (!stream) return { error: streamNotFound }
    if (verb === 'CREATE') return this.#createConsumer(stream, body.config)
    const consumer = stream.consumers.get(name)
    if (!consumer) return { error: consumerNotFound }
    if (verb !== 'DELETE') return this.#describeConsumer(stream, consumer)
    stream.consumers.delete(name)
    for (const request of this.#requests.filter((each) => each.consumer === consumer)) {
      this.#end(request)
      this.#status(request, '409 Consumer Deleted')
    }
    return { success: true }
  }

  #createStream(config: StreamConfig): object {
    const there = this.streams.get(config.name)
    if (there) return this.#describeStream(there)
    const created = new Date(this.#world.startMs + this.#world.nowMs + this.#created++).toISOString()
    const stream = new Stream(config, created)
    this.streams.set(config.name, stream)
    return { ...this.#describeStream(stream), did_create: true }
  }

  #describeStream(stream: Stream): object {
    const { config, created, messages, bytes, firstSequence, lastSequence, consumers } = stream
    return {
      config: { max_bytes: -1, ...config },
      created,
      state: {
        messages: messages.length,
        bytes,
        first_seq: firstSequence,
        last_seq: lastSequence,
        consumer_count: consumers.size,
      },
    }
  }

  #describeMessage({ subject, sequence, headers, payload, atMs }: StoredMessage): object {
    return {
      subject,
      seq: sequence,
      ...(headers && { hdrs: headers.toString('base64') }),
      data: payload.toString('base64'),
      time: new Date(this.#world.startMs + atMs).toISOString(),
    }
  }

  #createConsumer(stream: Stream, config: ConsumerConfig): object {
    const there = stream.consumers.get(config.durable_name)
    if (there) there.config = { ...there.config, ...config }
    const consumer = there ?? new Consumer(config)
    stream.consumers.set(config.durable_name, consumer)
    return this.#describeConsumer(stream, consumer)
  }

  #describeConsumer(stream: Stream, consumer: Consumer): object {
    return {
      stream_name: stream.config.name,
      name: consumer.config.durable_name,
      created: stream.created,
      config: consumer.config,
      delivered: { consumer_seq: consumer.consumerSequence, stream_seq: consumer.next - 1 },
      ack_floor: { consumer_seq: 0, stream_seq: Math.max(0, consumer.floor) },
      num_ack_pending: consumer.pending.size,
      num_redelivered: 0,
      num_waiting: 0,
      num_pending: this.#waiting(stream, consumer),
    }
  }

  #waiting(stream: Stream, consumer: Consumer): number {
    return stream.messages.filter(({ sequence }) => sequence >= consumer.next).length
  }

  #readDirectly(connection: Connection, [name = '', ...subject]: string[], reply: string | undefined): void {
    const stream = this.streams.get(name)
    const message = stream?.lastOf(subject.join('.'))
    if (!stream) this.#respond(connection, reply, { headers: encodeHeaders('503'), payload: Buffer.alloc(0) })
    else if (!message)
      this.#respond(connection, reply, {
        headers: encodeHeaders('404 Message Not Found'),
        payload: Buffer.alloc(0),
      })
    else
      this.#respond(connection, reply, {
        headers: encodeHeaders('', {
          'Nats-Stream': name,
          'Nats-Subject': message.subject,
          'Nats-Sequence': message.sequence,
          'Nats-Time-Stamp': new Date(this.#world.startMs + message.atMs).toISOString(),
        }),
        payload: message.payload,
      })
  }

  #pull(
    connection: Connection,
    stream: Stream,
    durable: string,
    reply: string,
    body: { batch?: number; max_bytes?: number; expires?: number; idle_heartbeat?: number },
  ): void {
    const consumer = stream.consumers.get(durable)
    if (!consumer) {
      this.#respond(connection, reply, { headers: encodeHeaders('503'), payload: Buffer.alloc(0) })
      return
    }
    const request: Request = {
      connection,
      reply,
      messages: body.batch ?? 1,
      bytes: body.max_bytes ?? Number.POSITIVE_INFINITY,
      expiresAtMs: this.#world.nowMs + (body.expires ?? 30e9) / 1e6,
      heartbeatMs: (body.idle_heartbeat ?? 5e9) / 1e6,
      stream,
      consumer,
    }
    this.#requests.push(request)
    this.#world.schedule('expires', request.expiresAtMs - this.#world.nowMs, () => {
      if (this.#end(request)) this.#status(request, '408 Request Timeout')
    })
    this.#beat(request)
    this.#deliver(stream)
  }

  #beat(request: Request): void {
    this.#world.schedule('heartbeat', request.heartbeatMs, () => {
      if (!this.#requests.includes(request)) return
      this.#status(request, '100 Idle Heartbeat')
      this.#deliver(request.stream)
      this.#beat(request)
    })
  }

  #end(request: Request): boolean {
    const at = this.#requests.indexOf(request)
    if (at >= 0) this.#requests.splice(at, 1)
    return at >= 0
  }

  #status({ connection, reply }: Request, status: string): void {
    this.#respond(connection, reply, { headers: encodeHeaders(status), payload: Buffer.alloc(0) })
  }

  #deliver(stream: Stream): void {
    for (const request of this.#requests.filter((each) => each.stream === stream)) this.#fill(request)
  }

  #fill(request: Request): void {
    const { stream, consumer } = request
    for (;;) {
      const message = this.#nextFor(stream, consumer)
      if (!message) return
      if (message.payload.length > request.bytes) {
        this.#end(request)
        this.#status(request, '409 Message Size Exceeds MaxBytes')
        return
      }
      this.#hand(request, message)
      if (--request.messages === 0) {
        this.#end(request)
        return
      }
    }
  }

  #nextFor(stream: Stream, consumer: Consumer): StoredMessage | undefined {
    const { nowMs, random } = this.#world
    const { pending, config } = consumer
    for (const [sequence, { deadlineMs }] of pending) {
      if (deadlineMs > nowMs && !random.chance(this.duplicates)) continue
      const message = stream.find(sequence)
      if (message) return message
      pending.delete(sequence)
    }
    if (pending.size >= (config.max_ack_pending ?? 1_000)) return undefined
    const fresh = stream.messages.find(({ sequence }) => sequence >= consumer.next)
    if (fresh) consumer.next = fresh.sequence + 1
    return fresh
  }

  #hand(request: Request, { sequence, subject, headers, payload, atMs }: StoredMessage): void {
    const { stream, consumer, connection, reply } = request
    const deliveries = (consumer.pending.get(sequence)?.deliveries ?? 0) + 1
    const consumerSequence = ++consumer.consumerSequence
    const deadlineMs = this.#world.nowMs + consumer.ackWaitMs
    consumer.pending.delete(sequence)
    consumer.pending.set(sequence, { deliveries, deadlineMs, consumerSequence })
    request.bytes -= payload.length
    this.#world.schedule('redelivery', consumer.ackWaitMs + 1, () => this.#deliver(stream))
    const names = [stream.config.name, consumer.config.durable_name, deliveries, sequence, consumerSequence]
    const atNs = `${Math.floor(this.#world.startMs + atMs)}000000`
    const ack = `$JS.ACK.${names.join('.')}.${atNs}.${this.#waiting(stream, consumer)}`
    for (const [id, pattern] of connection.subscriptions)
      if (matches(pattern, reply))
        connection.side.send(encodeMessage({ subject, reply: ack, headers, payload }, id))
  }

  #acknowledge(subject: string, payload: Buffer): void {
    const [, , name = '', durable = '', , sequence] = subject.split('.')
    const stream = this.streams.get(name)
    const consumer = stream?.consumers.get(durable)
    const pending = consumer?.pending.get(Number(sequence))
    if (!stream || !consumer || !pending) return
    if (payload.toString() === '+WPI') pending.deadlineMs = this.#world.nowMs + consumer.ackWaitMs
    else consumer.pending.delete(Number(sequence))
    this.#deliver(stream)
  }
}
