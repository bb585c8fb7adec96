import { type Bus, deleteKey, followBucket, forgetDeletedKeys, putText } from '@airs-cp/bus'
import {
  buckets,
  createEntrySet,
  type EntrySet,
  entryNames,
  type PublishedHead,
  type PublishedMode,
  type PublishedPart,
  parseHead,
  partOfEntry,
  publishedHeadSchema,
  publishedParts,
  publishedSchemas,
} from '@airs-cp/events'
import { type Running, repeat } from '@airs-cp/runtime'

/** What is in force, read from Postgres: the texts of the entries by their names, and the version of the whole. */
export type Part = { version: number; entries: ReadonlyMap<string, string> }

export type PublishedSources = Record<PublishedPart, () => Promise<Part>> & {
  /** Undefined before the first start has set it. */
  mode(): Promise<PublishedMode | undefined>
  spent(): Promise<ReadonlyMap<string, string>>
}

export type Publisher = Running & {
  /** Resolves when every ingress can read it. What waits already is published once for all who wait. @throws when JetStream does not take it. */
  publish(...what: [keyof PublishedSources, ...(keyof PublishedSources)[]]): Promise<void>
  /** What could not be published, since when. */
  problem(): { what: string; sinceMs: number } | undefined
}

const keepDeletedMs = 600_000
const forgetEveryMs = 600_000
const atOnce = 64

/**
 * Keeps the policy bucket equal to what Postgres says: at once when asked, and every few seconds by comparison, because
 * a lost JetStream store loses the bucket. Entries are written first and the head, which says what belongs together, last.
 * The mode is in the head alone, so that no policy, key or session can keep it from being published.
 *
 * | what happens                           | what ingresses see                                               |
 * |----------------------------------------|------------------------------------------------------------------|
 * | a part changes                         | its entries, then a head with its new digest                     |
 * | the mode changes                       | a new head                                                       |
 * | an entry of a part cannot be written   | the head as it was: they keep the part as it was                 |
 * | it starts where no head is             | no head, until each part was tried: one that is not in it is unknown |
 * | an entry was changed by somebody else  | a part that does not match its head, until it is repaired        |
 * | a version before this one has published | what it published is removed; `active` then is a set that no ingress of 0.1 can use |
 */
export function startPublisher({
  bus,
  sources,
  intervalMs = 5_000,
  onProblem = () => {},
  onRecovery = () => {},
}: {
  bus: Bus
  sources: PublishedSources
  intervalMs?: number
  onProblem?: (error: unknown, what: string) => void
  onRecovery?: () => void
}): Publisher {
  /** The bucket as far as it is known here: what was read of it, and what was written since. */
  const present = new Map<string, { text: string | undefined; revision: number }>()
  const synced = Promise.withResolvers<void>()
  let isSynced = false
  let head: PublishedHead | undefined
  let problem: ReturnType<Publisher['problem']>
  let forgottenAtMs = performance.now()

  const note = (name: string, text: string | undefined, revision: number) => {
    if ((present.get(name)?.revision ?? 0) <= revision) present.set(name, { text, revision })
  }
  const unfollow = followBucket(
    bus,
    buckets.policy,
    {
      onSync(entries) {
        present.clear()
        for (const [name, { text, revision }] of entries) note(name, text, revision)
        isSynced = true
        synced.resolve()
        repairing.wake()
      },
      onChange: (name, entry, revision) => note(name, entry?.text, revision),
      onHeard() {},
      onProblem: (error) => onProblem(error, 'the policy bucket'),
    },
    { create: true },
  )

  let line: Promise<unknown> = synced.promise
  const waiting = new Map<string, Promise<void>>()
  /** One after the other. What waits is not put into the line again. */
  const inLine = (what: string, work: () => Promise<void>): Promise<void> => {
    const before = waiting.get(what)
    if (before) return before
    const result = line.then(() => {
      waiting.delete(what)
      return work()
    })
    waiting.set(what, result)
    line = result.catch(() => {})
    return result
  }

  async function write(name: string, text: string): Promise<void> {
    if (present.get(name)?.text !== text) note(name, text, await putText(bus, buckets.policy, name, text))
  }

  async function remove(name: string): Promise<void> {
    await deleteKey(bus, buckets.policy, name)
    // What was written before may still come back from the server, what is deleted after that has a higher revision.
    present.set(name, { text: undefined, revision: (present.get(name)?.revision ?? 0) + 0.5 })
  }

  /** Makes the entries of a part those, and no others. */
  async function bring(part: PublishedPart | 'spent', wanted: ReadonlyMap<string, string>): Promise<void> {
    const changed = [...wanted].filter(([name, text]) => present.get(name)?.text !== text)
    await inGroups(changed, ([name, text]) => write(name, text))
    const surplus = [...present].filter(
      ([name, { text }]) => text !== undefined && partOfEntry(name) === part && !wanted.has(name),
    )
    await inGroups(surplus, ([name]) => remove(name))
  }

  async function bringPart(part: PublishedPart): Promise<void> {
    const { version, entries } = await sources[part]()
    await bring(part, entries)
    const set: EntrySet = createEntrySet(entries)
    const partHead = { version, count: set.count, digest: set.digest() }
    head = { ...head, [part]: partHead }
  }

  async function putHead(): Promise<void> {
    if (head) await write(entryNames.head, JSON.stringify(publishedHeadSchema.parse(head)))
  }

  async function bringOne(what: keyof PublishedSources): Promise<void> {
    if (what === 'mode') head = { ...head, ...(await modeOf(sources)) }
    else if (what === 'spent') await bring('spent', await sources.spent())
    else await bringPart(what)
  }

  /** Everything, the parts that cannot be published apart: of those the head says what it has said. */
  async function bringAll(): Promise<void> {
    head ??= headIn(present.get(entryNames.head)?.text)
    let failed: { what: string; error: unknown } | undefined
    const attempt = (what: string, work: () => Promise<void>) =>
      work().catch((error) => {
        failed ??= { what, error }
      })
    for (const what of ['mode', ...publishedParts, 'spent'] as const)
      await attempt(what, () => bringOne(what))
    await attempt('the head', putHead)
    await attempt('what was published before', async () => {
      for (const name of Object.keys(publishedSchemas))
        if (present.get(name)?.text === undefined) continue
        else if (name === 'active') await write(name, forFormerIngresses(head?.policies?.version ?? 0))
        else await remove(name)
    })
    problem = failed && { what: failed.what, sinceMs: problem?.sinceMs ?? performance.now() }
    if (failed) throw failed.error
  }

  const repairing = repeat({
    everyMs: intervalMs,
    async work(signal) {
      if (bus.isClosed()) return
      await Promise.race([synced.promise, aborted(signal)])
      if (signal.aborted) return
      await inLine('everything', bringAll)
      if (performance.now() - forgottenAtMs < forgetEveryMs) return
      forgottenAtMs = performance.now()
      await forgetDeletedKeys(bus, buckets.policy, keepDeletedMs)
    },
    onProblem: (error) => onProblem(error, problem?.what ?? 'what is in force'),
    onRecovery,
  })

  async function close(): Promise<void> {
    unfollow()
    await repairing.close()
    if (isSynced) await line
  }

  return {
    publish(...what) {
      if (!head) return inLine('everything', bringAll)
      return inLine(what.join(), async () => {
        let failed: unknown
        for (const one of what)
          await bringOne(one).catch((error) => {
            failed ??= error
          })
        await putHead()
        if (failed) throw failed
      })
    },
    problem: () => problem,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/**
 * Ingresses of 0.1 read nothing but `active`. This is a set that they refuse: they keep what was in force, record
 * `policy-set-rejected`, and say in `/readyz` what stands here. If it were removed, they would go on without a word.
 */
function forFormerIngresses(version: number): string {
  const name = 'this-ingress-is-too-old'
  const why = 'this ingress is of version 0.1 and its policy service is newer: upgrade the ingress'
  const document = JSON.stringify({ name, action: 'block', detectors: [{ detector: 'pii' }], [why]: true })
  return JSON.stringify({ version, mode: 'enforce', policies: [{ name, version, document }] })
}

async function modeOf(sources: PublishedSources): Promise<Pick<PublishedHead, 'mode'>> {
  const mode = await sources.mode()
  return mode ? { mode } : {}
}

async function inGroups<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let first = 0; first < items.length; first += atOnce)
    await Promise.all(items.slice(first, first + atOnce).map(work))
}

function headIn(text: string | undefined): PublishedHead | undefined {
  try {
    return text === undefined ? {} : parseHead(text)
  } catch {
    return {}
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
