/**
 * The one contract of all control APIs. Handlers are bound to it by types, requests are parsed with it, the client is
 * inferred from it, the console forwards by it, and `docs/openapi.json` is generated from it.
 *
 * To add an endpoint, for example to the audit service:
 * 1. Describe it in the file of its resource here (`resources/audit.ts`): `'GET /v1/audit/things'` with its role, parameters
 *    and response. A new resource is a new file, listed in `contract.ts` under the service that serves it.
 * 2. Implement it in the routes of that service (`services/audit/routes.ts`). Until you do, and as long as what you return
 *    has another shape, it does not compile.
 * 3. Call it: `call('GET /v1/audit/things')` in `libs/client` is typed already; give it a method with a name there, and a
 *    command in `libs/cli/commands` where people need it.
 * 4. Run `npm run document`, which writes `docs/openapi.json`, and commit it with an end-to-end test.
 */
export { type Contract, contract, type Service, serviceOf } from './contract.ts'
export {
  type Endpoint,
  type Endpoints,
  endpoints,
  type Method,
  type Parsed,
  type RouteName,
  type Sendable,
  type Wanted,
} from './endpoint.ts'
export { apiErrorSchema } from './errors.ts'
export { openApi } from './openapi.ts'
export { maxPolicyBytes } from './resources/policies.ts'
export { admits, isRole, type Role, roleNames, roles } from './roles.ts'
export { allowedMethods, type RoutePath, sortedRoutes, splitRoute } from './routes.ts'
export { parseTokensFile, type TokenEntry } from './tokens-file.ts'
