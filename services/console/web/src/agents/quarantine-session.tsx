import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import { useRefusal } from '../login/permissions.ts'
import { Button } from '../ui/button.tsx'
import { problemText } from '../ui/problem-text.ts'
import { quarantineQuery } from './queries.ts'

/** Puts a session into quarantine, or releases it. A second press confirms. */
export function QuarantineSession({ session }: { session: string }) {
  const refusal = useRefusal('quarantine and release sessions')
  const { data } = useQuery(quarantineQuery)
  const [asks, setAsks] = useState(false)
  const [problem, setProblem] = useState<string>()
  const isIn = data?.sessions.some((one) => one.session === session) ?? false
  const act = async () => {
    if (!asks) return setAsks(true)
    setAsks(false)
    setProblem(undefined)
    const path = { session }
    try {
      if (isIn)
        await read(
          api.DELETE('/v1/quarantine/sessions/{session}', {
            params: { path, query: { reason: 'Released in the console' } },
          }),
        )
      else
        await read(
          api.PUT('/v1/quarantine/sessions/{session}', {
            params: { path },
            body: { reason: 'Quarantined in the console', tenant: 'default' },
          }),
        )
      await queryClient.invalidateQueries({ queryKey: ['quarantine'] })
    } catch (error) {
      setProblem(problemText(error))
    }
  }
  return (
    <>
      <Button
        kind={asks ? 'danger' : 'plain'}
        icon="quarantine"
        refusal={refusal}
        onClick={act}
        onBlur={() => setAsks(false)}
      >
        {asks
          ? `Yes, ${isIn ? 'release' : 'quarantine'} it`
          : isIn
            ? 'Release from quarantine'
            : 'Quarantine session'}
      </Button>
      {problem && (
        <span role="alert" className="tone-block toned">
          {problem}
        </span>
      )}
    </>
  )
}
