import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type EventType, eventTypes, sha256Hex } from '@airs-cp/events'
import { compilePolicySet, createStreamGuard, evaluate, parsePolicies } from '@airs-cp/policy-engine'
import { askRequest, createSseParser, formats, type JsonObject, readRequestTexts } from '@airs-cp/providers'
import { encodeFrame, frameBytes } from '../../libs/journal/frame.ts'
import { createFrameGuard } from '../../services/ingress/decision/guard-frames.ts'
import { createBodyRecorder } from '../../services/ingress/recording/body-recorder.ts'
import { fitToEvent } from '../../services/ingress/recording/fit-to-event.ts'
import { createEventWriter } from '../../services/ingress/recording/write-event.ts'
import { table } from '../support/table.ts'
import { chatRequest, reply, tokenFrames } from './proxy/bodies.ts'

/** What one call of a part costs: bytes that it allocates, and its time in units of the reference work. */
type Cost = { bytes: number; work: number }

const knownFile = join(import.meta.dirname, 'hot-path.json')
/** Room for what differs between machines: bytes hardly do, and time does even beside other work of the same run. */
const mostBytes = 1.3
const mostWork = 2
/** Calls of which the bytes are measured, and rounds of about a millisecond each, of which the quickest counts. */
const calls = 100
const rounds = 60
const roundMs = 1

const subject = {
  tenant: 'default',
  providers: ['openai'],
  tags: [],
  model: 'gpt-4o-mini',
  session: { id: 's', named: true },
}

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    child: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(`What the pure parts of the hot path allocate, and what they take beside other work of the same run.
  --check   fails where a part allocates 1.3 times, or takes twice, what test/bench/hot-path.json says
  --write   writes that file`)
  process.exit(0)
}
if (values.child) {
  console.log(JSON.stringify(measureAll()))
  process.exit(0)
}

const costs = measureInChild()
const known = JSON.parse(readFileSync(knownFile, 'utf8')) as Record<string, Cost>
if (values.write) writeFileSync(knownFile, `${JSON.stringify(costs, null, 2)}\n`)
console.log(
  table(
    ['part', 'bytes', 'known', 'in units of the reference', 'known'],
    Object.entries(costs).map(([name, { bytes, work }]) => [
      name,
      String(bytes),
      String(known[name]?.bytes ?? ''),
      work.toFixed(2),
      known[name]?.work.toFixed(2) ?? '',
    ]),
  ),
)
if (values.check) {
  const worse = findWorse(costs)
  // A machine that was busy for a moment shows more work, never less: what is worse must be so twice.
  const again = worse.length === 0 ? [] : findWorse(measureInChild())
  const stays = worse.filter((one) => again.includes(one))
  for (const one of stays) console.error(`✖ ${one} costs more than test/bench/hot-path.json allows.`)
  if (stays.length > 0)
    console.error('Find out why, or say so in the commit and run: npm run bench -- hot-path --write')
  else console.log('✔ nothing costs much more than it did')
  process.exitCode = stays.length > 0 ? 1 : 0
}

function findWorse(measured: Record<string, Cost>): string[] {
  return Object.entries(measured).flatMap(([name, { bytes, work }]) => {
    const before = known[name]
    if (!before) return [`${name} (which is not in that file)`]
    return [
      ...(bytes > before.bytes * mostBytes ? [`${name} (bytes)`] : []),
      ...(work > before.work * mostWork ? [`${name} (work)`] : []),
    ]
  })
}

/** In a process of its own, with so much room that nothing is collected while a part is measured. */
function measureInChild(): Record<string, Cost> {
  const flags = [
    '--expose-gc',
    '--single-threaded-gc',
    '--min-semi-space-size=256',
    '--max-semi-space-size=256',
  ]
  const child = spawnSync(process.execPath, [...flags, import.meta.filename, '--child'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.status !== 0) throw new Error(`It ended with ${child.status ?? child.signal}`)
  return JSON.parse(child.stdout)
}

function measureAll(): Record<string, Cost> {
  const body = chatRequest({ bytes: 2_048 })
  const reference = () => {
    for (let once = 0; once < 4; once++) {
      JSON.parse(body)
      createHash('sha256').update(body).digest('hex')
    }
  }
  const parts: Record<string, () => void> = {
    'read a request': readRequest(body),
    'decide on a request': decideOnRequest(body),
    'write the events of an exchange': writeEvents(body),
    'guard a stream of 64 frames': guardStream(),
  }
  const all = [reference, ...Object.values(parts)]
  for (const run of all) for (let call = 0; call < 3 * calls; call++) run()
  const sizes = all.map((run) =>
    Math.max(1, Math.round(roundMs / Math.min(...take(5, () => elapsed(run, 1))))),
  )
  const times = all.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++)
    for (const [index, run] of all.entries())
      times[index] = Math.min(times[index]!, elapsed(run, sizes[index]!))
  return Object.fromEntries(
    Object.entries(parts).map(([name, run], index) => [
      name,
      { bytes: Math.round(allocated(run)), work: Math.round((100 * times[index + 1]!) / times[0]!) / 100 },
    ]),
  )
}

/** Milliseconds of a call. */
function elapsed(run: () => void, times: number): number {
  const before = performance.now()
  for (let call = 0; call < times; call++) run()
  return (performance.now() - before) / times
}

function take<T>(count: number, one: () => T): T[] {
  return Array.from({ length: count }, one)
}

/** The least of some rounds: now and then V8 compiles something. */
function allocated(run: () => void): number {
  const taken = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.()
    const before = taken()
    for (let call = 0; call < calls; call++) run()
    least = Math.min(least, (taken() - before) / calls)
  }
  return least
}

function readRequest(body: string): () => void {
  const format = formats['openai.chat']
  return () => readRequestTexts(format, JSON.parse(body), body)
}

function library() {
  const directory = new URL('../../infra/policies/', import.meta.url).pathname
  const documents = globSync('*.yaml', { cwd: directory })
    .sort()
    .flatMap((file) => parsePolicies(readFileSync(directory + file, 'utf8')))
  return compilePolicySet({
    version: 1,
    mode: 'enforce',
    policies: documents.map(({ policy, source }) => ({ name: policy.name, version: 1, document: source })),
  })
}

function decideOnRequest(body: string): () => void {
  const set = library()
  const format = formats['openai.chat']
  const json = JSON.parse(body) as JsonObject
  const { texts } = readRequestTexts(format, json, body)
  return () => {
    const context = askRequest({
      format,
      path: '/v1/chat/completions',
      stream: false,
      sources: [],
      body: () => json,
      texts: () => texts,
    })
    evaluate(set, 'request', subject, texts, 'key', context)
  }
}

/** The two events of an exchange, from its bytes to the frames of the journal. */
function writeEvents(body: string): () => void {
  const request = Buffer.from(body)
  const response = Buffer.from(reply)
  const journal = '01a2ce8b-d401-708a-a6d6-4f72435e8bcf'
  const target = Buffer.alloc(64 * 1024)
  const decision = {
    action: 'allow' as const,
    mode: 'enforce' as const,
    policySet: 1,
    verdicts: [],
    findings: [],
    scanned: { characters: 2_048, skipped: [] },
  }
  const write = createEventWriter({
    source: '/airs/ingress/bench',
    tenant: 'default',
    session: 's',
    exchange: journal,
  })
  const note = (type: EventType, data: object) => {
    const entry = write(type, fitToEvent(data as never), '"recording":"strict"')(journal, 1)
    if (frameBytes(entry) > target.length) throw new Error('The event is larger than expected')
    encodeFrame(target, 0, 1, 1, 0, 1_700_000_000_000, entry)
  }
  return () => {
    const recorded = {
      mediaType: 'application/json',
      bytes: request.length,
      sha256: sha256Hex(request),
      text: request.toString(),
    }
    note(eventTypes.requestReceived, {
      decision,
      provider: 'openai',
      tags: [],
      sources: [],
      request: {
        method: 'POST',
        path: '/v1/chat/completions',
        format: 'openai.chat',
        model: 'm',
        stream: false,
        body: recorded,
      },
    })
    const recorder = createBodyRecorder(({ sha256, bytes, json }) => {
      json()
      return { sha256, bytes }
    })
    recorder.push(response)
    note(eventTypes.responseCompleted, {
      decision,
      provider: 'openai',
      status: 200,
      stream: false,
      attempts: [],
      timing: { durationMs: 1 },
      body: recorder.finish('application/json'),
    })
  }
}

function guardStream(): () => void {
  const set = library()
  const frames = tokenFrames.map((frame) => Buffer.from(frame))
  return () => {
    const guard = createStreamGuard(set, subject, 'key', { systemPrompts: () => ['You help with reports.'] })!
    const guarded = createFrameGuard(formats['openai.chat'], guard)
    const parser = createSseParser()
    let bytes = 0
    for (const frame of frames) for (const { raw } of guarded.push(...parser.push(frame))) bytes += raw.length
    for (const { raw } of guarded.end()) bytes += raw.length
    if (bytes === 0) throw new Error('Nothing passed')
  }
}
