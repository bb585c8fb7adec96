// Serves the chat route of OpenAI with the core of Bifrost, which is a library: UPSTREAM is the provider's address, PORT ours.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"

	bifrost "github.com/maximhq/bifrost/core"
	"github.com/maximhq/bifrost/core/schemas"
)

type account struct{ upstream string }

func (account) GetConfiguredProviders() ([]schemas.ModelProvider, error) {
	return []schemas.ModelProvider{schemas.OpenAI}, nil
}

func (account) GetKeysForProvider(*context.Context, schemas.ModelProvider) ([]schemas.Key, error) {
	return []schemas.Key{{ID: "bench", Value: "sk-benchmark", Weight: 1}}, nil
}

func (a account) GetConfigForProvider(schemas.ModelProvider) (*schemas.ProviderConfig, error) {
	config := &schemas.ProviderConfig{NetworkConfig: schemas.NetworkConfig{BaseURL: a.upstream}}
	config.CheckAndSetDefaults()
	return config, nil
}

type request struct {
	Model    string                `json:"model"`
	Messages []schemas.ChatMessage `json:"messages"`
	Stream   bool                  `json:"stream"`
}

func main() {
	core, err := bifrost.Init(context.Background(), schemas.BifrostConfig{
		Account: account{os.Getenv("UPSTREAM")},
		Logger:  bifrost.NewDefaultLogger(schemas.LogLevelError),
	})
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var asked request
		if err == nil {
			err = json.Unmarshal(body, &asked)
		}
		var parameters schemas.ChatParameters
		if err == nil {
			err = json.Unmarshal(body, &parameters)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		forwarded := &schemas.BifrostChatRequest{
			Provider: schemas.OpenAI, Model: asked.Model, Input: asked.Messages, Params: &parameters,
		}
		if asked.Stream {
			stream(w, r, core, forwarded)
			return
		}
		response, failed := core.ChatCompletionRequest(r.Context(), forwarded)
		if failed != nil {
			refuse(w, failed)
			return
		}
		w.Header().Set("content-type", "application/json")
		json.NewEncoder(w).Encode(response)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ready\n") })
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func refuse(w http.ResponseWriter, failed *schemas.BifrostError) {
	w.WriteHeader(http.StatusBadGateway)
	json.NewEncoder(w).Encode(failed)
}

func stream(w http.ResponseWriter, r *http.Request, core *bifrost.Bifrost, forwarded *schemas.BifrostChatRequest) {
	chunks, failed := core.ChatCompletionStreamRequest(r.Context(), forwarded)
	if failed != nil {
		refuse(w, failed)
		return
	}
	w.Header().Set("content-type", "text/event-stream")
	out := bufio.NewWriter(w)
	for chunk := range chunks {
		out.WriteString("data: ")
		json.NewEncoder(out).Encode(chunk)
		out.WriteString("\n")
		out.Flush()
		w.(http.Flusher).Flush()
	}
	io.WriteString(w, "data: [DONE]\n\n")
}
