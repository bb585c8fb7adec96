// Checks a receipt with the implementation of notes and tree proofs of the Go project.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type receipt struct {
	Events []struct {
		Record string `json:"record"`
		Proof  string `json:"proof"`
	} `json:"events"`
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	check(err)
	var r receipt
	check(json.Unmarshal(data, &r))
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	var size int64
	for _, event := range r.Events {
		head, checkpoint, _ := strings.Cut(event.Proof, "\n\n")
		signed, err := note.Open([]byte(checkpoint), note.VerifierList(verifier))
		check(err)
		lines := strings.Split(signed.Text, "\n")
		size, err = strconv.ParseInt(lines[1], 10, 64)
		check(err)
		root, err := tlog.ParseHash(lines[2])
		check(err)
		proof := strings.Split(head, "\n")
		index, err := strconv.ParseInt(strings.TrimPrefix(proof[1], "index "), 10, 64)
		check(err)
		var path tlog.RecordProof
		for _, line := range proof[2:] {
			bytes, err := base64.StdEncoding.DecodeString(line)
			check(err)
			path = append(path, tlog.Hash(bytes))
		}
		check(tlog.CheckRecord(path, size, root, index, tlog.RecordHash([]byte(event.Record))))
	}
	fmt.Printf("%d records are in the tree of %d\n", len(r.Events), size)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
