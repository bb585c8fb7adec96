import { Link } from '@tanstack/react-router'
import { ActionBadge, Badge } from '../ui/badge.tsx'
import { exactNumber } from '../ui/numbers.ts'
import type { Decision, Finding, Verdict } from './decision.ts'

/** Why it was decided so: each policy with its version, what it rests on, and what was not scanned. */
export function DecisionChain({
  side,
  decision,
}: {
  side: 'Request' | 'Response'
  decision: Decision | null
}) {
  if (!decision) return <p className="text-muted">{side}: no policy decided about it.</p>
  const { action, verdicts, findings, scanned } = decision
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium">{side}</h3>
        <ActionBadge action={action} />
        <span className="text-sm text-muted">
          mode {decision.mode}, policy set {decision.policySet}
        </span>
      </div>
      {verdicts.length > 0 && (
        <ol className="flex flex-col gap-2">
          {verdicts.map((verdict) => (
            <VerdictView key={`${verdict.policy}-${verdict.version}`} verdict={verdict} findings={findings} />
          ))}
        </ol>
      )}
      <p className="text-sm text-muted">
        {exactNumber(scanned.characters)} characters were scanned
        {scanned.known ? `, ${exactNumber(scanned.known)} of them in earlier exchanges of the session` : ''}.{' '}
        {scanned.skipped.length === 0 ? 'Nothing was left out.' : null}
      </p>
      {scanned.skipped.length > 0 && (
        <div className="tone-throttle rounded border border-line p-2 text-sm">
          <p className="toned font-medium">Not scanned</p>
          <ul>
            {scanned.skipped.map((skipped) => (
              <li key={JSON.stringify(skipped)} className="wrap-anywhere">
                {skippedText(skipped)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function VerdictView({ verdict, findings }: { verdict: Verdict; findings: readonly Finding[] }) {
  const own = verdict.findings.flatMap((index) => findings[index] ?? [])
  return (
    <li className="flex flex-col gap-1 rounded border border-line p-2">
      <div className="flex flex-wrap items-center gap-2">
        <Link
          to={`/policies/${encodeURIComponent(verdict.policy)}` as '/'}
          className="font-medium underline decoration-line underline-offset-2 hover:decoration-current"
        >
          {verdict.policy}
        </Link>
        <span className="text-muted">version {verdict.version}</span>
        <span className="ml-auto flex items-center gap-1">
          <ActionBadge action={verdict.action} />
          {!verdict.enforced && (
            <Badge tone="observe" icon="observe">
              observed only
            </Badge>
          )}
        </span>
      </div>
      {verdict.message && <p className="text-sm text-muted">“{verdict.message}”</p>}
      {own.length > 0 && (
        <ul className="flex flex-col gap-1 text-sm">
          {own.map((finding) => (
            <FindingLine
              key={`${finding.path}-${finding.start}-${finding.end}-${finding.type}`}
              finding={finding}
            />
          ))}
        </ul>
      )}
      {verdict.owasp && verdict.owasp.length > 0 && (
        <p className="text-sm text-muted">OWASP {verdict.owasp.join(', ')}</p>
      )}
    </li>
  )
}

function FindingLine({ finding }: { finding: Finding }) {
  const { type, detector, confidence, path, features = [] } = finding
  return (
    <li>
      <span className="font-mono font-semibold">{type}</span>{' '}
      <span className="text-muted">
        {detector}
        {confidence !== undefined && `, confidence ${confidence.toFixed(2)}`}
        {path && (
          <>
            , at <code className="font-mono">{path}</code>
          </>
        )}
      </span>
      {features.length > 0 && (
        <span className="block text-muted">
          weighed most:{' '}
          {features
            .slice(0, 4)
            .map(({ name, weight }) => `${name} (${weight.toFixed(2)})`)
            .join(', ')}
        </span>
      )}
    </li>
  )
}

function skippedText(skipped: unknown): string {
  if (typeof skipped === 'string') return skipped
  if (typeof skipped !== 'object' || skipped === null) return String(skipped)
  const { path, reason } = skipped as { path?: unknown; reason?: unknown }
  if (typeof path === 'string' && typeof reason === 'string') return `${path || 'all of it'}: ${reason}`
  return Object.entries(skipped)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')
}
