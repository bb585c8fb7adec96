export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type RoutePath = `/${string}`
/** Method and path, parameters as `:name`. */
export type RouteName = `${Method} ${RoutePath}`

export function splitRoute(route: string): { method: Method; path: RoutePath } {
  const at = route.indexOf(' ')
  return { method: route.slice(0, at) as Method, path: route.slice(at + 1) as RoutePath }
}

/** Routes with the more specific path first, whatever the order in which they are written. */
export function sortedRoutes<Route extends string>(endpoints: { readonly [Key in Route]: unknown }): Route[] {
  return (Object.keys(endpoints) as Route[]).sort(bySpecificity)
}

/** A fixed segment comes before a parameter. */
function bySpecificity(a: string, b: string): number {
  const left = splitRoute(a).path.split('/')
  const right = splitRoute(b).path.split('/')
  for (const [place, segment] of left.entries()) {
    const other = right[place]
    if (other === undefined) return 1
    const order = Number(segment.startsWith(':')) - Number(other.startsWith(':'))
    if (order !== 0) return order
  }
  return left.length - right.length
}

/** The methods that these routes have at a path as a client asks for it; empty where there is nothing. */
export function allowedMethods(routes: Iterable<string>, path: string): Method[] {
  const segments = path.replace(/\/$/, '').split('/')
  const fits = (pattern: string) => {
    const wanted = pattern.split('/')
    return (
      wanted.length === segments.length &&
      wanted.every((segment, place) =>
        segment.startsWith(':') ? segments[place] !== '' : segment === segments[place],
      )
    )
  }
  return [...routes].map(splitRoute).flatMap((route) => (fits(route.path) ? [route.method] : []))
}
