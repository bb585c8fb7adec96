import { type Bus, followBucket } from '@airs-cp/bus'
import {
  buckets,
  defaultIngress,
  entryNames,
  mcpToolSetSchema,
  type PublishedHead,
  type PublishedMode,
  type PublishedPart,
  parseHead,
  parsePublished,
  parseSpent,
  partOfEntry,
  publishedParts,
  publishedSchemas,
  unknownParts,
} from '@airs-cp/events'
import { type CompiledPolicySet, createThrottle, type Throttle } from '@airs-cp/policy-engine'
import { type Logger, logTrouble } from '@airs-cp/runtime'
import { compileEntries } from './compile-entries.ts'
import { createControlPart } from './control-part.ts'
import { createFreshness, type Freshness } from './freshness.ts'
import { type KeptFile, keepFile } from './kept-file.ts'
import { type ClientKeys, indexKeys, keptKey } from './key-index.ts'
import { createKeyUsage, type KeyUsage } from './key-usage.ts'
import { type Quarantine, quarantineOf } from './quarantine-index.ts'
import { shareUsage } from './share-usage.ts'
import { createSpending } from './spending.ts'
import { type ToolDecisions, toolDecisionsOf } from './tool-decisions.ts'

/** `published`: as the policy service says; `last-known-good`: from disk, because it was not heard of since the start. */
export type Origin = 'none' | 'last-known-good' | 'published'

/** Something that the policy service publishes and every ingress follows. */
export type Control<Value> = {
  /** Undefined while it is unknown. */
  current(): Value | undefined
  version(): number | undefined
  origin(): Origin
  /** What was published last and could not be used, so that what was in force stays. */
  rejected(): { version: number; message: string } | undefined
  /** For how long the entries that are there have not been those that the head names. */
  incompleteForMs(): number | undefined
}

/** Everything that is decided elsewhere and obeyed here. */
export type Controls = {
  /** In force as soon as it is known, whatever becomes of the policies. */
  mode(): PublishedMode | undefined
  policies: Control<CompiledPolicySet>
  keys: Control<ClientKeys>
  quarantine: Control<Quarantine>
  /** Unknown where the policy service is older than this: then nobody has decided on a tool. */
  tools: Control<ToolDecisions>
  /** What keys use here and, as they report, at other ingresses. What is spent is kept on disk within a second. */
  usage: KeyUsage
  /** What limits of policies let through here and, as they report, at other ingresses. */
  throttle: Throttle
  freshness: Pick<Freshness, 'state' | 'ageMs'>
  /** Why what says what belongs together is not obeyed, or not in full; undefined where it is. */
  headProblem(): string | undefined
  /** Calls back whenever something else is in force, or was rejected. */
  onChange(listener: () => void): void
  close(): Promise<void>
}

export type ControlFiles = {
  policySetFile: string
  clientKeysFile: string
  quarantineFile: string
  mcpToolsFile: string
}

/** @property ingress under whose name usage is reported to others. */
type Settings = ControlFiles & { ingress?: string }

const checkEveryMs = 1_000

/**
 * Follows the policy bucket. What was in force last is kept on disk, for a start without NATS; what is neither on disk
 * nor published is unknown, and while anything is unknown no request may pass.
 */
export async function followControls(
  connecting: Promise<Bus>,
  files: Settings,
  log: Logger,
): Promise<Controls> {
  const listeners: (() => void)[] = []
  const spending = createSpending()
  let isUnkept = false
  const usage = createKeyUsage({
    of: spending.of,
    charge(key, usdMicros) {
      spending.charge(key, usdMicros)
      isUnkept = true
    },
  })
  const throttle = createThrottle(() => performance.now())
  const parts = {
    policies: createControlPart('policies', compileEntries),
    keys: createControlPart('keys', (entries) => indexKeys([...entries.values()])),
    quarantine: createControlPart('quarantine', quarantineOf),
    tools: createControlPart('tools', toolDecisionsOf),
  }
  const origins: Record<PublishedPart, Origin> = {
    policies: 'none',
    keys: 'none',
    quarantine: 'none',
    tools: 'none',
  }
  const incompleteSinceMs: { [Part in PublishedPart]?: number } = {}
  const freshness = createFreshness()
  let mode: PublishedMode | undefined
  let head: PublishedHead | undefined
  let headProblem: string | undefined
  let set: CompiledPolicySet | undefined
  /** What older versions published, which counts as long as there is no head. */
  const former = new Map<string, string>()

  const keep = (file: string, text: () => string) =>
    keepFile(file, text, logTrouble(log, 'cannot keep on disk what is in force', { file }))
  const kept: Record<PublishedPart, KeptFile> = {
    policies: keep(files.policySetFile, () => JSON.stringify(policySetNow())),
    keys: keep(files.clientKeysFile, () =>
      JSON.stringify({
        version: parts.keys.version(),
        keys: [...parts.keys.entries()].map((key) => keptKey(key, spending)),
      }),
    ),
    quarantine: keep(files.quarantineFile, () =>
      JSON.stringify({ version: parts.quarantine.version(), sessions: [...parts.quarantine.entries()] }),
    ),
    tools: keep(files.mcpToolsFile, () =>
      JSON.stringify({ version: parts.tools.version(), tools: [...parts.tools.entries()] }),
    ),
  }

  function policySetNow() {
    return {
      version: parts.policies.version() ?? 0,
      mode: mode?.value ?? 'observe',
      ...(mode?.message !== undefined && { message: mode.message }),
      policies: [...parts.policies.entries()],
    }
  }

  /** As published in one value, before there was a head. @throws when it cannot be used. */
  function take(part: PublishedPart, text: string): void {
    if (part === 'policies') {
      const { version, policies, mode: value, message } = parsePublished('active', text)
      parts.policies.take(version, policies)
      mode = { value, version, ...(message !== undefined && { message }) }
    } else if (part === 'keys') {
      const { version = 0, keys } = parsePublished('keys', text)
      for (const { keyId, limits, spentUsdMicros: usdMicros, spentSince } of keys) {
        const period = spentSince === undefined ? 'total' : (limits.budgetPeriod ?? 'total')
        const sinceMs = spentSince === undefined ? 0 : Date.parse(spentSince)
        spending.report(keyId, { usdMicros, period, sinceMs })
      }
      parts.keys.take(version, keys)
    } else if (part === 'quarantine') {
      const { version = 0, sessions } = parsePublished('quarantine', text)
      parts.quarantine.take(version, sessions)
    } else {
      const { version = 0, tools } = mcpToolSetSchema.parse(JSON.parse(text))
      parts.tools.take(version, tools)
    }
  }

  function changed(): void {
    const compiled = parts.policies.current()
    set = compiled && { ...compiled, mode: mode?.value ?? compiled.mode }
    for (const listener of listeners) listener()
  }

  function readHead(text: string): void {
    try {
      head = parseHead(text)
    } catch (err) {
      log.error({ err }, 'the head of what is published is not usable; what was in force stays')
      headProblem = `cannot use what the policy service published last, and keeps all that was in force: ${(err as Error).message}`
      return
    }
    const unknown = unknownParts(text)
    if (unknown.length > 0) log.error({ unknown }, 'the policy service publishes what is not known here')
    headProblem =
      unknown.length > 0
        ? `does not know, and does not obey, what the policy service publishes as ${unknown.join(', ')}: upgrade this ingress`
        : undefined
    const published = head.mode
    if (!published || JSON.stringify(published) === JSON.stringify(mode)) return
    log.info({ mode: published.value, version: published.version }, 'mode in force')
    mode = published
    if (parts.policies.current()) kept.policies.changed()
    changed()
  }

  function settle(part: PublishedPart): void {
    const partHead = head?.[part]
    if (!partHead) return
    const before = parts[part].rejected()
    const settled = parts[part].settle(partHead)
    if (settled === 'incomplete') incompleteSinceMs[part] ??= performance.now()
    else delete incompleteSinceMs[part]
    if (settled === 'applied') {
      origins[part] = 'published'
      kept[part].changed()
      log.info({ part, version: partHead.version }, 'published value in force')
      changed()
    } else if (settled === 'rejected' && parts[part].rejected() !== before) {
      log.error(
        { part, ...parts[part].rejected() },
        'what was published is not usable; what was in force stays',
      )
      changed()
    } else if (settled === 'unchanged' && before) changed()
  }

  /** @returns the part to settle; `all` for the head. */
  function note(name: string, text: string | undefined): PublishedPart | 'all' | undefined {
    if (name === entryNames.head) {
      if (text !== undefined) readHead(text)
      return 'all'
    }
    const part = partOfEntry(name)
    if (part === 'spent') noteSpent(name, text)
    else if (part) {
      parts[part].set(name, text)
      return part
    } else if (name in publishedSchemas) noteFormer(name, text)
    return undefined
  }

  function noteSpent(name: string, text: string | undefined): void {
    const keyId = name.slice(entryNames.spent({ keyId: '' }).length)
    if (text === undefined) return
    try {
      spending.report(keyId, parseSpent(text))
      isUnkept = true
    } catch (err) {
      log.warn({ err, keyId }, 'what is published of a key’s spending is not usable')
    }
  }

  function noteFormer(name: string, text: string | undefined): void {
    if (text === undefined) former.delete(name)
    else former.set(name, text)
  }

  function settleAll(): void {
    if (head) for (const part of publishedParts) settle(part)
    else takeFormer()
  }

  function takeFormer(): void {
    const byPart = { policies: 'active', keys: 'keys', quarantine: 'quarantine' } as const
    for (const part of ['policies', 'keys', 'quarantine'] as const) {
      const text = former.get(byPart[part])
      if (text === undefined) continue
      former.delete(byPart[part])
      try {
        take(part, text)
        origins[part] = 'published'
        kept[part].changed()
      } catch (err) {
        log.error({ err, part }, 'what an older version published is not usable; what was in force stays')
      }
    }
    changed()
  }

  for (const part of publishedParts)
    try {
      const text = await kept[part].read()
      if (text === undefined) continue
      take(part, text)
      origins[part] = 'last-known-good'
      log.warn({ part }, 'decides by the last known good value until the policy service is heard of')
    } catch (err) {
      log.error({ err, part }, 'last known good value is not usable')
    }
  changed()

  let unfollow = () => {}
  let sharing = { close() {} }
  let isClosed = false
  void connecting.then((bus) => {
    if (isClosed) return
    sharing = shareUsage(
      bus,
      files.ingress ?? defaultIngress,
      { usage, throttle },
      (keyId) => parts.keys.current()?.get(keyId),
      logTrouble(log, 'cannot report or count what is used at other ingresses'),
    )
    unfollow = followBucket(bus, buckets.policy, {
      onSync(entries) {
        // Without a head nobody says what belongs together: an emptied bucket takes nothing out of force.
        for (const part of publishedParts)
          parts[part].sync(
            [...entries]
              .filter(([name]) => partOfEntry(name) === part)
              .map(([name, { text }]) => [name, text]),
          )
        for (const [name, { text }] of entries)
          if (partOfEntry(name) === 'spent' || partOfEntry(name) === undefined) note(name, text)
        settleAll()
      },
      onChange(name, entry) {
        const part = note(name, entry?.text)
        if (part === 'all') settleAll()
        else if (part) settle(part)
        else if (!head && former.size > 0) takeFormer()
      },
      onHeard: freshness.heard,
      onProblem: (err) => log.debug({ err }, 'cannot follow what is published; trying again'),
    })
  })

  const unheard = logTrouble(
    log,
    'NATS does not respond: changes of mode, policies, keys and quarantine do not arrive here',
  )
  const keepSpending = () => {
    if (isUnkept) kept.keys.changed()
    isUnkept = false
  }
  const checking = setInterval(() => {
    keepSpending()
    const isStale = freshness.state() === 'stale'
    if (isStale) unheard.failed(undefined)
    else unheard.worked()
  }, checkEveryMs)
  checking.unref()

  const control = <Value>(part: PublishedPart, current: () => Value | undefined): Control<Value> => ({
    current,
    version: parts[part].version,
    origin: () => origins[part],
    rejected: parts[part].rejected,
    incompleteForMs: () => {
      const sinceMs = incompleteSinceMs[part]
      return sinceMs === undefined ? undefined : performance.now() - sinceMs
    },
  })
  return {
    mode: () => mode,
    policies: control('policies', () => set),
    keys: control('keys', parts.keys.current),
    quarantine: control('quarantine', parts.quarantine.current),
    tools: control('tools', parts.tools.current),
    usage,
    throttle,
    freshness,
    headProblem: () => headProblem,
    onChange: (listener) => void listeners.push(listener),
    async close() {
      isClosed = true
      unfollow()
      sharing.close()
      clearInterval(checking)
      keepSpending()
      await Promise.all(publishedParts.map((part) => kept[part].close()))
    },
  }
}
