import type { Context } from './context.ts'
import { isLoopback } from './is-loopback.ts'

const usual = 'http://localhost:8080'

/**
 * Where clients on this machine reach the ingress: `AIRS_ENDPOINT`, else what the console says of it, else the usual address.
 * What a console elsewhere says of its loopback addresses means nothing here.
 */
export async function ingressEndpoint(context: Context): Promise<string> {
  const { AIRS_ENDPOINT } = context.io.env
  const found = AIRS_ENDPOINT || (await reportedEndpoint(context)) || usual
  return found.replace('//127.0.0.1', '//localhost').replace(/(?<!\/)\/+$/, '')
}

async function reportedEndpoint(context: Context): Promise<string | undefined> {
  try {
    const { services } = await context.openClient().readiness()
    const url = services.ingress?.url
    const isHere = isLoopback(context.settings().url.value)
    return url !== undefined && isLoopback(url) && !isHere ? undefined : url
  } catch {
    return undefined
  }
}
