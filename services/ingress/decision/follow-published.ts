import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Bus, watchKey } from '@airs-cp/bus'
import { buckets, type PublishedKey } from '@airs-cp/events'
import { replaceFile } from '@airs-cp/files'
import type { Logger } from '@airs-cp/runtime'

/** Something that the policy service publishes and every ingress follows. */
export type Published<Value> = {
  /** Undefined until one was ever seen. */
  current(): Value | undefined
  /** `published`: as the policy service says; `last-known-good`: from disk, because it has not been heard of yet. */
  origin(): 'none' | 'last-known-good' | 'published'
  /** What was published last, where it could not be used and what was in force stays. */
  rejected(): { text: string; message: string } | undefined
  /** Calls back whenever a new value is in force, or one was rejected. */
  onChange(listener: () => void): void
  close(): void
}

/**
 * Follows a key of the policy bucket. A value that `read` cannot use is not taken: the one before it stays. The last
 * good one is kept in `file`, for a start without NATS.
 */
export async function followPublished<Value extends object>({
  connecting,
  key,
  file,
  read,
  log,
}: {
  connecting: Promise<Bus>
  key: PublishedKey
  file: string
  /** @throws when the value must not be used. */
  read: (text: string) => Value
  log: Logger
}): Promise<Published<Value>> {
  let origin: ReturnType<Published<Value>['origin']> = 'none'
  let current: Value | undefined = await readLastKnownGood<Value>(file, read, log)
  if (current !== undefined) origin = 'last-known-good'
  const listeners: (() => void)[] = []
  let rejected: ReturnType<Published<Value>['rejected']>
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const take = (text: string) => {
    try {
      current = read(text)
    } catch (err) {
      if (text !== rejected?.text)
        log.error({ err, key }, 'what was published is not usable; what was in force stays')
      rejected = { text, message: err instanceof Error ? err.message : String(err) }
      tell()
      return
    }
    origin = 'published'
    rejected = undefined
    log.info({ key }, 'published value in force')
    tell()
    keep(file, text).catch((err) => log.warn({ err, file }, 'cannot keep the published value on disk'))
  }
  let closed = false
  let stop = () => {}
  void connecting.then((bus) => {
    if (closed) return
    stop = watchKey(bus, buckets.policy, key, take, {
      onProblem: (err) => log.debug({ err, key }, 'nothing published to watch yet'),
    })
  })
  return {
    current: () => current,
    origin: () => origin,
    rejected: () => rejected,
    onChange: (listener) => void listeners.push(listener),
    close() {
      closed = true
      stop()
    },
  }
}

async function readLastKnownGood<Value extends object>(
  file: string,
  read: (text: string) => Value,
  log: Logger,
): Promise<Value | undefined> {
  try {
    const value = read(await readFile(file, 'utf8'))
    log.warn({ file }, 'decides by the last known good value until the policy service is heard of')
    return value
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ENOENT')
      log.error({ err, file }, 'last known good value is not usable')
    return undefined
  }
}

async function keep(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await replaceFile(file, text)
}
