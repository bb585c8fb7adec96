import { useQuery } from '@tanstack/react-query'
import { LongText } from '../text/long-text.tsx'
import { Copy, Id } from '../ui/copy.tsx'
import { Loading } from '../ui/loading.tsx'
import { bytesText } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { bodyQuery, type Exchange, recordedQuery } from './queries.ts'
import { type Body, bodiesOf } from './recorded-facts.ts'

/** The bodies as they were recorded, byte for byte. */
export function RawBytes({ exchange }: { exchange: Exchange }) {
  return (
    <div className="flex flex-col gap-4 overflow-y-auto">
      {exchange.events.map(({ id, type }) => (
        <RawEvent key={id} exchange={exchange.exchange} id={id} type={type} />
      ))}
    </div>
  )
}

function RawEvent({ exchange, id, type }: { exchange: string; id: string; type: string }) {
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
            </>
          }
        >
          <BodyText exchange={exchange} name={name} body={body} />
        </Section>
      ))}
      {bodiesOf(data).length === 0 && <p className="text-muted">{type} has no body.</p>}
    </>
  )
}

function BodyText({ exchange, name, body }: { exchange: string; name: string; body: Body }) {
  const { data, error, refetch } = useQuery({
    ...bodyQuery(exchange, body.sha256),
    enabled: body.parts !== undefined,
  })
  const text = body.text ?? data
  if (error) return <Problem error={error} what="The body" retry={refetch} />
  if (text === undefined && body.parts) return <Loading />
  if (text === undefined || text === null)
    return (
      <p className="text-muted">
        {body.base64 !== undefined
          ? `It is no text; it is recorded as ${bytesText(body.bytes)} in base64.`
          : 'It is no text, or it is not recorded any more.'}
      </p>
    )
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 grow">
        <LongText text={text} label={name} />
      </div>
      <Copy text={text} what="the body" />
    </div>
  )
}
