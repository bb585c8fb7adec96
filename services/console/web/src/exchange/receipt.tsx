import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, api, read } from '../api/client.ts'
import { logQuery } from '../api/log-query.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Snippet } from '../ui/copy.tsx'
import { numberOf } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { saveFile } from '../ui/save-file.ts'

/** Evidence of the exchange in one file, which anyone can check offline. */
export function Receipt({ exchange }: { exchange: string }) {
  const [problem, setProblem] = useState<string>()
  const { data: log } = useQuery(logQuery)
  const save = async (redact: 'true' | 'false') => {
    setProblem(undefined)
    try {
      const receipt = await read(
        api.GET('/v1/exchanges/{id}/proof', { params: { path: { id: exchange }, query: { redact } } }),
      )
      saveFile(`${exchange}.receipt.json`, JSON.stringify(receipt, null, 2))
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : String(error))
    }
  }
  const file = `${exchange.slice(-8)}.json`
  return (
    <Section title="Receipt">
      <p className="flex flex-wrap items-center gap-2 text-muted">
        {log?.state === 'sound' ? (
          <>
            <Badge tone="ok" icon="check">
              in the signed log
            </Badge>
            A checkpoint of {numberOf(log.signed?.size ?? 0, 'event')} is signed.
          </>
        ) : (
          (log?.problem ?? 'The log has not signed a checkpoint yet.')
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button icon="download" onClick={() => save('true')}>
          Save receipt without content
        </Button>
        <Button icon="download" onClick={() => save('false')}>
          With content
        </Button>
      </div>
      {problem && (
        <p role="alert" className="tone-block toned">
          {problem}
        </p>
      )}
      <Snippet text={`npx airs prove ${exchange} -o ${file}\nnpx airs verify ${file}`} what="the commands" />
    </Section>
  )
}
