// LangChain through proxy mode: no SDK, one base URL. npm install @langchain/openai
import { ChatOpenAI } from '@langchain/openai'

const model = new ChatOpenAI({
  model: 'gpt-4o-mini',
  apiKey: process.env.OPENAI_API_KEY ?? 'sk-none',
  configuration: {
    baseURL: `${process.env.AIRS_ENDPOINT ?? 'http://localhost:8080'}/v1`,
    defaultHeaders: {
      'X-Session-ID': 'example-langchain',
      'X-AIRS-Agent': 'langchain',
      'X-AIRS-Tags': 'example',
    },
  },
})
console.log((await model.invoke('Say hello')).content)
