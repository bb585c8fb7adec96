import { eventTypes, type IngressStarted } from '@airs-cp/events'
import { type DamageReport, type EpochInfo, type Journal, JournalUnavailableError } from '@airs-cp/journal'
import { type Logger, logTrouble, type Running, repeat } from '@airs-cp/runtime'
import type { Controls } from '../controls/follow-controls.ts'
import type { Instance } from './instance.ts'
import type { RecordedData, Recorder } from './recorder.ts'

const retryMs = 500

/**
 * Records what this ingress reports about itself: that it has started and what the process before left behind, what
 * it decides by, which policy set it cannot use, which entries of a journal are destroyed, and that it begins another segment,
 * so that erased content leaves the journal. While the journal is not available it tries again.
 * @param damages what was found so far; later finds are added to it by the caller, and taken from it here.
 * @param purges by journal, up to where content is erased; filled and emptied in the same way.
 */
export function startRecordingFacts({
  recorder,
  journal,
  instance,
  damages,
  purges,
  controls,
  configuration,
  log,
}: {
  recorder: Recorder
  journal: Journal
  instance: Instance
  damages: DamageReport[]
  purges: Map<string, number>
  controls: Controls
  configuration: Pick<IngressStarted, 'upstreams' | 'settings' | 'mcpServers'>
  log: Logger
}): Running {
  const recorded = new Set<string>()
  let started = false
  let recordedInForce: string | undefined
  let recordedRejection: number | undefined

  const facts = logTrouble(log, 'cannot record what happened to this ingress')
  const noJournal = logTrouble(
    log,
    'the journal takes no events: traffic is refused where recording is strict',
  )

  async function record(): Promise<void> {
    const { available, reason, message } = journal.state()
    if (available) noJournal.worked()
    else noJournal.failed(new Error(message ?? reason))
    if (!started) {
      const [previous, ...others] = instance.ended
      await recorder.fact(eventTypes.ingressStarted, {
        ...(previous !== undefined && { previous }),
        ...(others.length > 0 && { alsoEnded: others }),
        journals: earlierEpochs(journal),
        ...configuration,
      })
      await instance.remember()
      started = true
    }
    const inForce = inForceOf(controls)
    const described = JSON.stringify(inForce)
    if (inForce && described !== recordedInForce) {
      await recorder.fact(eventTypes.policySetActivated, inForce)
      recordedInForce = described
    }
    const rejected = controls.policies.rejected()
    if (rejected && rejected.version !== recordedRejection)
      await recorder.fact(eventTypes.policySetRejected, {
        version: rejected.version,
        error: rejected.message.slice(0, 2_000),
      })
    recordedRejection = rejected?.version
    for (const [id, to] of purges) {
      recorder.forgetContents()
      if (journal.turnOver(id, to)) await recorder.fact(eventTypes.journalPurged, { journal: id, to })
      if (purges.get(id) === to) purges.delete(id)
    }
    await recordLeftOut()
    for (let damage = damages[0]; damage; damage = damages[0]) {
      await recordDamage(damage)
      damages.shift()
    }
  }

  async function recordDamage({
    journal: id,
    firstLost,
    lostEvents,
    file,
    quarantineFile,
  }: DamageReport): Promise<void> {
    if (lostEvents === 0 || recorded.has(`${id} ${firstLost}`)) return
    await recordLost({
      journal: id,
      from: firstLost,
      to: firstLost + lostEvents - 1,
      file,
      ...(quarantineFile !== undefined && { quarantineFile }),
    })
  }

  async function recordLeftOut(): Promise<void> {
    const { leftOut } = journal.state()
    if (leftOut) await recordLost({ ...leftOut, file: journal.directory })
  }

  async function recordLost(lost: RecordedData<typeof eventTypes.journalDamaged>): Promise<void> {
    await recorder.fact(eventTypes.journalDamaged, lost)
    recorded.add(`${lost.journal} ${lost.from}`)
  }

  const recording = repeat({
    everyMs: retryMs,
    work: record,
    onProblem(err) {
      if (!(err instanceof JournalUnavailableError)) facts.failed(err)
    },
    onRecovery: facts.worked,
  })
  controls.onChange(recording.wake)

  /** What is lost last has no entry behind it that would show it. */
  async function close(): Promise<void> {
    await recording.close()
    await recordLeftOut().catch(facts.failed)
  }
  return { close, [Symbol.asyncDispose]: close }
}

/** Undefined as long as no policies are known: nothing passes then. */
function inForceOf({ policies, keys, quarantine, tools, mode }: Controls) {
  const version = policies.version()
  if (version === undefined) return undefined
  const known = { keysVersion: keys.version(), quarantineVersion: quarantine.version() }
  const toolsVersion = tools.version()
  const inForce = mode()
  return {
    version,
    ...(inForce && { mode: inForce.value, modeVersion: inForce.version }),
    ...(known.keysVersion !== undefined && { keysVersion: known.keysVersion }),
    ...(known.quarantineVersion !== undefined && { quarantineVersion: known.quarantineVersion }),
    ...(toolsVersion !== undefined && { toolsVersion }),
  }
}

function earlierEpochs(journal: Journal): { journal: string; lastSequence: number }[] {
  let epochs: EpochInfo[] = []
  journal.follow({
    durable() {},
    epochs(infos) {
      epochs = infos
    },
  })()
  return epochs
    .filter(({ current }) => !current)
    .map(({ journal: id, lastSequence }) => ({ journal: id, lastSequence }))
}
