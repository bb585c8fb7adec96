import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { type Fields, readProtobuf } from './read-protobuf.ts'

type Value = string | number | boolean | Value[]

export type ReceivedSpan = {
  service: string
  traceId: string
  spanId: string
  parentId: string
  name: string
  kind: number
  /** Nanoseconds. */
  start: bigint
  end: bigint
  attributes: Record<string, Value>
  links: { traceId: string; spanId: string }[]
  isError: boolean
}

export type OtlpSink = {
  url: string
  spans: ReceivedSpan[]
  /** Names of metrics, by service. */
  metrics: Map<string, Set<string>>
  /** Everything that came, as bytes. */
  bytes: Buffer[]
  requests: { path: string; type: string | undefined }[]
  close(): void
}

/** A collector: takes OTLP over http/protobuf and decodes it. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const sink: Omit<OtlpSink, 'url' | 'close'> = { spans: [], metrics: new Map(), bytes: [], requests: [] }
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    sink.bytes.push(bytes)
    sink.requests.push({ path: request.url!, type: request.headers['content-type'] })
    for (const resource of messages(readProtobuf(bytes), 1)) {
      const service = String(attributes(messages(resource, 1)[0]!, 1)['service.name'])
      for (const scope of messages(resource, 2))
        if (request.url === '/v1/traces')
          for (const span of messages(scope, 2)) sink.spans.push(spanOf(service, span))
        else
          for (const metric of messages(scope, 2)) {
            const names = sink.metrics.get(service) ?? new Set()
            sink.metrics.set(service, names.add(text(metric, 1)))
          }
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...sink,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function spanOf(service: string, span: Fields): ReceivedSpan {
  return {
    service,
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    parentId: hex(span, 4),
    name: text(span, 5),
    kind: Number(span.get(6)?.[0] ?? 0),
    start: BigInt(span.get(7)?.[0] as bigint),
    end: BigInt(span.get(8)?.[0] as bigint),
    attributes: attributes(span, 9),
    links: messages(span, 13).map((link) => ({ traceId: hex(link, 1), spanId: hex(link, 2) })),
    isError: messages(span, 15).some((status) => Number(status.get(3)?.[0]) === 2),
  }
}

function messages(fields: Fields, number: number): Fields[] {
  return (fields.get(number) ?? []).map((value) => readProtobuf(value as Buffer))
}

function text(fields: Fields, number: number): string {
  return ((fields.get(number)?.[0] as Buffer | undefined) ?? Buffer.alloc(0)).toString('utf8')
}

function hex(fields: Fields, number: number): string {
  return ((fields.get(number)?.[0] as Buffer | undefined) ?? Buffer.alloc(0)).toString('hex')
}

function attributes(fields: Fields, number: number): Record<string, Value> {
  return Object.fromEntries(
    messages(fields, number).map((pair) => [text(pair, 1), anyValue(messages(pair, 2)[0] ?? new Map())]),
  )
}

function anyValue(value: Fields): Value {
  if (value.has(1)) return text(value, 1)
  if (value.has(2)) return value.get(2)![0] === 1n
  if (value.has(3)) return Number(BigInt.asIntN(64, value.get(3)![0] as bigint))
  if (value.has(4)) {
    const bits = Buffer.alloc(8)
    bits.writeBigUInt64LE(value.get(4)![0] as bigint)
    return bits.readDoubleLE()
  }
  return messages(value, 5).flatMap((array) => messages(array, 1).map(anyValue))
}
