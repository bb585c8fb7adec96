import { useQuery } from '@tanstack/react-query'
import { LongText } from '../text/long-text.tsx'
import { Copy, Id } from '../ui/copy.tsx'
import { Loading } from '../ui/loading.tsx'
import { bytesText } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { type Exchange, recordedQuery } from './queries.ts'
import { bodiesOf } from './recorded-facts.ts'

/** The bodies as they were recorded, byte for byte. */
export function RawBytes({ exchange }: { exchange: Exchange }) {
  return (
    <div className="flex flex-col gap-4 overflow-y-auto">
      {exchange.events.map(({ id, type }) => (
        <RawEvent key={id} id={id} type={type} />
      ))}
    </div>
  )
}

function RawEvent({ id, type }: { id: string; type: string }) {
  const { data, error, refetch } = useQuery(recordedQuery(id))
  if (error) return <Problem error={error} what="The recorded event" retry={refetch} />
  if (!data) return <Loading />
  return (
    <>
      {bodiesOf(data).map(({ name, body }) => (
        <Section
          key={name}
          title={name}
          actions={
            <>
              <span className="text-sm text-muted">
                {body.mediaType}, {bytesText(body.bytes)}
              </span>
              <Id value={body.sha256} short what="the SHA-256" />
              {body.text !== undefined && <Copy text={body.text} what="the body" />}
            </>
          }
        >
          {body.text !== undefined ? (
            <LongText text={body.text} label={name} />
          ) : (
            <p className="text-muted">
              {body.base64 !== undefined
                ? `It is no text; it is recorded as ${bytesText(body.bytes)} in base64.`
                : 'It is stored apart because of its size: npx airs events content ID fetches it.'}
            </p>
          )}
        </Section>
      ))}
      {bodiesOf(data).length === 0 && <p className="text-muted">{type} has no body.</p>}
    </>
  )
}
