/**
 * Names of fields that the APIs define, and of JSON Schema's. They say nothing that a client made up, so they are not judged as
 * names of members; any other name is.
 */
export const fieldNames: ReadonlySet<string> = new Set(
  `
  $defs $ref $schema additionalProperties allOf anyOf const default definitions description enum examples exclusiveMaximum
  exclusiveMinimum format items maxItems maxLength maximum minItems minLength minimum multipleOf nullable oneOf pattern
  patternProperties prefixItems properties required strict title type uniqueItems
  action annotations arguments audio background betas budget_tokens cache_control caller call_id choices citations code
  container content content_block content_index context_management conversation created created_at custom data defer_loading
  delta detail dimensions display_name echo effort encoding_format encrypted_content encrypted_index error
  extra_body file file_data file_id file_url filename finish_reason frequency_penalty function function_call functions grammar
  id image image_url include include_obfuscation include_usage incomplete_details index input input_audio input_examples input_schema
  instructions is_error item item_id json_schema logit_bias logprobs max_completion_tokens max_output_tokens max_tokens
  max_tool_calls media_type message messages metadata modalities mode model n name null object output output_config output_format
  output_index output_text parallel_tool_calls parameters part partial_json phase prediction presence_penalty previous_response_id
  prompt prompt_cache_key prompt_cache_retention reasoning reasoning_content reasoning_details reasoning_effort refusal repetition_penalty
  response response_format role safety_identifier schema seed sequence_number service_tier signature source speed stop
  stop_details stop_reason stop_sequence stop_sequences store stream stream_options suffix summary summary_index system
  system_fingerprint temperature text thinking thought_signature timestamp token tool tool_call_id tool_calls tool_choice
  tool_use_id tools top_k top_logprobs top_p transcript truncation ttl url usage user user_id user_location variables verbosity
  version voice web_search_options
  cached_tokens cache_creation cache_creation_input_tokens cache_read_input_tokens completion_tokens completion_tokens_details
  ephemeral_1h_input_tokens ephemeral_5m_input_tokens input_tokens input_tokens_details output_tokens output_tokens_details
  prompt_tokens prompt_tokens_details reasoning_tokens total_tokens accepted_prediction_tokens audio_tokens rejected_prediction_tokens
  `
    .trim()
    .split(/\s+/),
)

/** Fields whose values the APIs define. */
const wordFields: ReadonlySet<string> = new Set(
  'type role object status finish_reason stop_reason format detail mode effort verbosity service_tier media_type tool_choice truncation ttl encoding_format phase reasoning_effort event'.split(
    ' ',
  ),
)

/** What those fields may say. Anything else that stands in them is judged. */
const words: ReadonlySet<string> = new Set(
  `
  system developer user assistant tool function custom text image image_url input_text output_text input_image input_file
  input_audio file audio refusal message reasoning function_call function_call_output custom_tool_call custom_tool_call_output
  item_reference tool_use tool_result thinking redacted_thinking document base64 url content json_schema json_object summary_text
  reasoning_text object array string number integer boolean null ephemeral auto none required any low medium high minimal max
  default flex priority standard_only enabled disabled adaptive server_tool_use web_search_tool_result json grammar
  completed in_progress incomplete failed cancelled queued stop length tool_calls content_filter end_turn max_tokens
  stop_sequence pause_turn chat.completion chat.completion.chunk text_completion response list model embedding error
  image/png image/jpeg image/gif image/webp application/pdf text/plain application/json 5m 1h float wav mp3 date date-time
  web_search web_search_preview code_interpreter file_search mcp image_generation local_shell computer_use_preview
  text_delta input_json_delta thinking_delta signature_delta citations_delta message_start message_delta message_stop
  content_block_start content_block_delta content_block_stop ping url_citation reasoning.text reasoning.summary reasoning.encrypted
  final_answer commentary concise detailed
  `
    .trim()
    .split(/\s+/),
)

/** Whether a string is a word of the API at a field for such words. */
export function isProtocolWord(field: string, value: string): boolean {
  return wordFields.has(field) && (words.has(value) || isEventType(field, value))
}

const isEvent = /^response(?:\.[a-z_]{1,40}){1,4}$/

function isEventType(field: string, value: string): boolean {
  return field === 'type' && isEvent.test(value)
}
