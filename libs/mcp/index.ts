export { headerProblem, standardHeaders } from './check-headers.ts'
export { errorCodes, errorMessage, toolError, unsupportedRevision } from './errors.ts'
export { decodeHeaderValue, encodeHeaderValue } from './header-values.ts'
export { isObject, type Json, type JsonObject } from './json.ts'
export {
  isToolError,
  type MessageId,
  metaKeys,
  metaOf,
  nameOf,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
  readMessage,
} from './message.ts'
export {
  agreeingParamHeaders,
  type MirroredParam,
  mirroredParams,
  paramHeaders,
  paramProblem,
} from './param-headers.ts'
export {
  hasVersionHeader,
  isRevision,
  isStateless,
  newestWithHandshake,
  type Revision,
  revisions,
  revisionWithoutHeader,
} from './revisions.ts'
export { openSession, type SessionState, sealSession } from './session-token.ts'
export { type DefinedTool, toolDigest, toolsOf } from './tool-digest.ts'
export {
  areOfOneEra,
  discoverResult,
  forRevision,
  initializeResult,
  inputRequired,
  inputRequiredResult,
  type Peer,
  peerOf,
  response,
  resultToHandshake,
  resultToStateless,
  resultWithoutServer,
  toHandshake,
  toStateless,
} from './translate.ts'
