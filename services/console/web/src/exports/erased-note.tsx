import { Id } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'

/** Of an exchange whose content is gone: when, by whom and why. */
export function ErasedNote({
  erased: { erasure, at, reason, actor },
}: {
  erased: { erasure: string; at: string | null; reason: string; actor: string }
}) {
  return (
    <Section title="Erased">
      <p className="text-muted">
        What was said here is erased for ever. The facts on this page are left, and the log proves them.
      </p>
      <Facts
        of={[
          ['When', at ? <Moment key="at" at={at} exact /> : 'it is under way'],
          ['Why', reason],
          ['By', actor],
          ['Erasure', <Id key="id" value={erasure} what="the id of the erasure" />],
        ]}
      />
    </Section>
  )
}
