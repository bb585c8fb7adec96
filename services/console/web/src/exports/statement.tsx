import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { logQuery } from '../api/log-query.ts'
import { useRange } from '../shell/time-range.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Id, Snippet } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { exactNumber } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { saveFile } from '../ui/save-file.ts'

/** What the log can prove, and a signed statement of how complete a range is. */
export function Statement() {
  const range = useRange()
  const { data: log, error: logError } = useQuery(logQuery)
  const [text, setText] = useState<string>()
  const [error, setError] = useState<unknown>()
  const make = async () => {
    setError(undefined)
    try {
      setText(
        (await read(
          api.GET('/v1/audit/statement', { params: { query: { from: range } }, parseAs: 'text' }),
        )) as unknown as string,
      )
    } catch (problem) {
      setError(problem)
    }
  }
  return (
    <Section title="Statement of completeness">
      <p className="max-w-3xl text-muted">
        A signed text that says what the log has of a time range, and each exception: gaps, lost events,
        exchanges without an outcome. An auditor checks it offline with the key of the log.
      </p>
      {logError && <Problem error={logError} what="The log" />}
      {log && (
        <Facts
          of={[
            [
              'Log',
              <Badge
                key="s"
                tone={log.state === 'sound' ? 'ok' : log.state === 'halted' ? 'block' : 'neutral'}
              >
                {log.state}
              </Badge>,
            ],
            ['Problem', log.problem],
            ['Events', exactNumber(log.size)],
            ['Signed', log.signed && exactNumber(log.signed.size)],
            ['Key', log.keys[0] && <Id key="k" value={log.keys[0]} what="the key of the log" />],
            [
              'Witnesses',
              log.witnesses.map(({ name, problem }) => `${name}${problem ? ` (${problem})` : ''}`).join(', '),
            ],
          ]}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={make}>Make statement</Button>
        {text && (
          <Button icon="download" onClick={() => saveFile(`statement-${range}.txt`, text, 'text/plain')}>
            Save statement
          </Button>
        )}
      </div>
      {error !== undefined && <Problem error={error} what="The statement" />}
      {text && <Snippet text={text.trimEnd()} what="the statement" />}
      <Snippet
        text={`npx airs audit statement --from ${range} -o statement.txt\nnpx airs verify statement.txt`}
        what="the commands"
      />
    </Section>
  )
}
