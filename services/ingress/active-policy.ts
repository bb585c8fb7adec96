import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Bus, watchKey } from '@airs-cp/bus'
import { buckets } from '@airs-cp/events'
import { type CompiledPolicySet, compilePolicySet, type PolicySet } from '@airs-cp/policy-engine'
import type { Logger } from '@airs-cp/runtime'

/** The policy set in force here. */
export type ActivePolicy = {
  /** Undefined until a set was ever seen; then no request may pass, because nobody knows what is forbidden. */
  current(): CompiledPolicySet | undefined
  /** `published`: as the policy service says; `last-known-good`: from disk, because it has not been heard of yet. */
  origin(): 'none' | 'last-known-good' | 'published'
  close(): void
}

/**
 * Follows the published policy set. A set that does not compile is not activated: the one before it stays. The last
 * good one is kept in `file`, for a start without NATS.
 */
export async function followActivePolicy(
  connecting: Promise<Bus>,
  file: string,
  log: Logger,
): Promise<ActivePolicy> {
  let origin: ReturnType<ActivePolicy['origin']> = 'none'
  let current = await readLastKnownGood(file, log)
  if (current) origin = 'last-known-good'
  const activate = (text: string) => {
    try {
      const set = JSON.parse(text) as PolicySet
      current = compilePolicySet(set)
      origin = 'published'
      log.info({ version: set.version, mode: set.mode, policies: set.policies.length }, 'policy set in force')
    } catch (err) {
      log.error({ err, inForce: current?.version }, 'policy set does not compile and is not activated')
      return
    }
    keep(file, text).catch((err) => log.warn({ err }, 'cannot keep the policy set on disk'))
  }
  let closed = false
  let stop = () => {}
  void connecting.then((bus) => {
    if (closed) return
    stop = watchKey(bus, buckets.policy, 'active', activate, {
      onProblem: (err) => log.debug({ err }, 'no policy set to watch yet'),
    })
  })
  return {
    current: () => current,
    origin: () => origin,
    close() {
      closed = true
      stop()
    },
  }
}

async function readLastKnownGood(file: string, log: Logger): Promise<CompiledPolicySet | undefined> {
  try {
    const set = compilePolicySet(JSON.parse(await readFile(file, 'utf8')) as PolicySet)
    log.info({ version: set.version, mode: set.mode }, 'last known good policy set loaded')
    return set
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ENOENT')
      log.error({ err, file }, 'last known good policy set is not usable')
    return undefined
  }
}

async function keep(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
