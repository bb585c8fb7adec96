import type { Control, Controls } from './follow-controls.ts'

/** How long entries may be on their way before it is a problem. */
const patienceMs = 2_000

/** What a person should know of what is in force here, by part; undefined where it is what the policy service says. */
export function controlNotes(controls: Controls): Record<string, () => string | undefined> {
  return {
    mode: () => modeNote(controls),
    policy: () => policyNote(controls),
    keys: () => partNote(controls.keys, 'client keys'),
    quarantine: () => partNote(controls.quarantine, 'quarantine'),
    tools: () => partNote(controls.tools, 'decisions on MCP tools'),
    controls: () => stalenessNote(controls) ?? controls.headProblem(),
  }
}

function modeNote({ mode }: Controls): string | undefined {
  if (mode()?.value === 'stop') return 'all traffic is refused (mode stop); to let it pass: airs mode enforce'
  if (mode()?.value === 'off') return 'all policies are bypassed (mode off); to end this: airs mode enforce'
  return undefined
}

function policyNote({ policies }: Controls): string | undefined {
  const version = policies.version()
  const rejected = policies.rejected()
  if (rejected)
    return `cannot use policy set ${rejected.version} and decides by set ${version ?? 'none'}: ${rejected.message}`
  if (policies.origin() === 'last-known-good')
    return `decides by the last known good policy set, version ${version}: the policy service has not been heard of since the start; is NATS up?`
  return isIncomplete(policies)
    ? `decides by policy set ${version ?? 'none'}: the one published last is incomplete or damaged`
    : undefined
}

function partNote(part: Control<unknown>, what: string): string | undefined {
  const rejected = part.rejected()
  if (rejected) return `cannot use the ${what} published last, and keeps those before: ${rejected.message}`
  if (part.origin() === 'last-known-good')
    return `decides by the last known ${what}: the policy service has not been heard of since the start; is NATS up?`
  return isIncomplete(part)
    ? `the ${what} published last is incomplete or damaged; it keeps what was before`
    : undefined
}

function isIncomplete(part: Control<unknown>): boolean {
  return (part.incompleteForMs() ?? 0) > patienceMs
}

function stalenessNote({ freshness }: Controls): string | undefined {
  if (freshness.state() !== 'stale') return undefined
  const seconds = Math.round((freshness.ageMs() ?? 0) / 1_000)
  return `mode, policies, keys and quarantine are as of ${seconds} s ago: NATS has not responded since, and no change arrives here`
}
