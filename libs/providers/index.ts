export {
  type BodyDocument,
  binaryKind,
  documentConflict,
  editDocuments,
  formModelConflict,
  readDocuments,
  readDocumentTexts,
  setFormField,
  UnreadableBodyError,
} from './body/documents.ts'
export { isForm, MalformedFormError } from './body/multipart.ts'
export { readPercentText } from './body/percent-text.ts'
export { hasControls } from './body/text-of-bytes.ts'
export { askRequest, type RequestQuestions } from './conversation/ask-request.ts'
export { requestLimits } from './conversation/request-limits.ts'
export { assembledResponse, readResponseTurns } from './conversation/response-turns.ts'
export { type CalledTool, noTools, type ReportedCall, type Tools } from './conversation/tools.ts'
export type { AskedTurns, ResponseTurns, Turn } from './conversation/turn.ts'
export { editJson, patchJson, type TextEdit } from './edit-json.ts'
export { openaiErrorType } from './formats/openai/error.ts'
export { modelOfPath } from './formats/openai-models/format.ts'
export { namedResponses } from './formats/openai-responses/kept.ts'
export {
  allFormats,
  defaultFormat,
  type FormatId,
  type FormatIndex,
  findFormat,
  formatOfPath,
  formatOfResponse,
  formats,
  indexFormats,
  mcpFormat,
} from './formats.ts'
export { type GenericRoute, genericRoute, meansAnthropic } from './generic-route.ts'
export {
  type Json,
  type JsonObject,
  jsonProblem,
  maxNesting,
  nestsTooDeep,
  parseBytes,
  parseObject,
} from './json.ts'
export { createJsonOutline, type JsonOutline } from './json-outline.ts'
export {
  callConflictInSlices,
  findKeyConflict,
  type KeyConflict,
  keyConflictInSlices,
  modelConflictInSlices,
} from './key-conflict.ts'
export { beginsAsList, createFrameParser, listEnding } from './list-frames.ts'
export { type MeantRoute, meantRoute } from './meant-route.ts'
export { createMockProvider } from './mock/create-mock-provider.ts'
export {
  anthropicModel,
  anthropicModelList,
  type ModelEntry,
  mergeModels,
  modelEntry,
  openaiModelList,
  readModel,
  readModels,
} from './models.ts'
export { otherModels, otherModelsOfForm } from './other-models.ts'
export { fieldNames } from './protocol-words.ts'
export { replaceMember, setMember } from './raw-json.ts'
export {
  editRequestTexts,
  editTexts,
  readRequestTexts,
  readResponseTexts,
  requestTextsInSlices,
  responseTextsInSlices,
} from './read-body.ts'
export { createFrameReader, type FrameReader, type ReadFrame, spellsOwn } from './read-frame.ts'
export { indexPlaces, type OpaquePlace, type PlaceIndex } from './read-texts.ts'
export { rewriteResponse, rewriteStream, withFrameEdits } from './rewrite-response.ts'
export {
  createSseParser,
  frameJson,
  isDone,
  MalformedStreamError,
  mayHave,
  readFrame,
  type SseFrame,
  type SseParser,
  sseText,
  withFrameData,
} from './sse.ts'
export {
  escapeToken,
  type FrameText,
  type ReadTexts,
  type TextKind,
  type TextPart,
  type TextRole,
  type Unscanned,
  unescapeToken,
} from './text-part.ts'
export { defaultMaxTokens } from './translate/default-max-tokens.ts'
export { type ResponseHeaders, translateHeaders } from './translate/headers.ts'
export type {
  RequestOptions,
  ResponseOptions,
  StreamTranslator,
  TranslatedRequest,
  Translator,
} from './translate/translator.ts'
export { translateErrorFor, translatorBetween } from './translate/translators.ts'
export { MalformedResponseError, UntranslatableError } from './translate/untranslatable-error.ts'
export { baseUrlProblem } from './upstream/base-url-problem.ts'
export {
  clientCredential,
  isCredentialInQuery,
  queryWithoutCredential,
  withoutCredential,
} from './upstream/credentials.ts'
export { formatAtProvider, hasApi } from './upstream/format-at-provider.ts'
export type { ProviderConfig } from './upstream/provider-config.ts'
export { type ProviderKind, providerKinds } from './upstream/provider-kind.ts'
export { type UpstreamQuestion, type UpstreamRequest, upstreamRequest } from './upstream/upstream-request.ts'
export { costUsdMicros, findPrice, type Price, type PriceTable, priceTable } from './usage/cost.ts'
export { readTokenVocabularies } from './usage/decode-tokens.ts'
export { estimateInputTokens, estimateTokens } from './usage/estimate-usage.ts'
export { createStreamTokenCounter, type StreamTokenCounter } from './usage/stream-token-counter.ts'
export type {
  ChangedFrom,
  ProviderApi,
  RequestFacts,
  RequestProblem,
  ResponseIdentity,
  StreamAssembler,
  StreamFollower,
  WireError,
  WireFormat,
} from './wire-format.ts'
