// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Of HTTP/1.1 this knows GET and HEAD, whether a connection is kept, and Content-Length and
 * Transfer-Encoding as reasons to refuse: no request that it serves has a body.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "request.h"

#include <ntstrsafe.h>

/* A part of the request: not terminated. */
typedef struct _HTTP_WORD {
	const CHAR *Text;
	ULONG Length;
} HTTP_WORD;

BOOLEAN HttpAddByte(PCHAR Request, PULONG Length, CHAR Byte)
{
	Request[(*Length)++] = Byte;
	if (*Length == HTTP_MAX_REQUEST)
		return TRUE;
	/* An empty line ends it; a lone line feed will do for an end of line. */
	if (Byte != '\n' || *Length < 2)
		return FALSE;
	return Request[*Length - 2] == '\n' ||
	       (*Length >= 4 && Request[*Length - 2] == '\r' && Request[*Length - 3] == '\n');
}

static CHAR HttpLower(CHAR Character)
{
	return Character >= 'A' && Character <= 'Z' ? (CHAR)(Character + 'a' - 'A') : Character;
}

/* Upper and lower case are the same. */
static BOOLEAN HttpIs(HTTP_WORD Word, const CHAR *Text)
{
	ULONG i;

	for (i = 0; i < Word.Length; i++)
		if (!Text[i] || HttpLower(Word.Text[i]) != HttpLower(Text[i]))
			return FALSE;
	return !Text[i];
}

static BOOLEAN HttpStartsWith(HTTP_WORD Word, const CHAR *Text)
{
	ULONG i;

	for (i = 0; Text[i]; i++)
		if (i == Word.Length || Word.Text[i] != Text[i])
			return FALSE;
	return TRUE;
}

/* The next line, without its end; FALSE when there is none. */
static BOOLEAN HttpNextLine(HTTP_WORD *Rest, HTTP_WORD *Line)
{
	ULONG Length = 0;

	while (Length < Rest->Length && Rest->Text[Length] != '\n')
		Length++;
	if (Length == Rest->Length)
		return FALSE;
	Line->Text = Rest->Text;
	Line->Length = Length && Rest->Text[Length - 1] == '\r' ? Length - 1 : Length;
	Rest->Text += Length + 1;
	Rest->Length -= Length + 1;
	return TRUE;
}

/* What comes before the separator, which is taken away, too. */
static HTTP_WORD HttpNextWord(HTTP_WORD *Rest, CHAR Separator)
{
	HTTP_WORD Word = {Rest->Text, 0};

	while (Word.Length < Rest->Length && Rest->Text[Word.Length] != Separator)
		Word.Length++;
	Rest->Text += Word.Length;
	Rest->Length -= Word.Length;
	while (Rest->Length && (Rest->Text[0] == Separator || Rest->Text[0] == ' ')) {
		Rest->Text++;
		Rest->Length--;
	}
	return Word;
}

/* A decimal number up to the limit, and nothing else. */
static BOOLEAN HttpNumber(HTTP_WORD Word, ULONG Limit, PULONG Number)
{
	ULONGLONG Value = 0;
	ULONG i;

	for (i = 0; i < Word.Length; i++) {
		if (Word.Text[i] < '0' || Word.Text[i] > '9')
			return FALSE;
		Value = Value * 10 + (ULONG)(Word.Text[i] - '0');
		if (Value > Limit)
			return FALSE;
	}
	*Number = (ULONG)Value;
	return Word.Length != 0;
}

static VOID HttpRespond(PHTTP_RESPONSE Response, const CHAR *Status, const CHAR *Text,
			BOOLEAN HeadOnly)
{
	SIZE_T Length = 0;

	/* Both fit: the texts are ours. */
	RtlStringCbLengthA(Text, HTTP_MAX_RESPONSE, &Length);
	if (Response->BodyLength)
		Length = Response->BodyLength;
	RtlStringCbPrintfA(Response->Text, sizeof(Response->Text),
			   "HTTP/1.1 %s\r\n"
			   "Server: http_server\r\n"
			   "Content-Type: %s\r\n"
			   "Content-Length: %u\r\n"
			   "Connection: %s\r\n"
			   "\r\n%s",
			   Status, Response->BodyLength ? "application/octet-stream" : "text/plain",
			   (ULONG)Length, Response->Close ? "close" : "keep-alive",
			   HeadOnly ? "" : Text);
	RtlStringCbLengthA(Response->Text, sizeof(Response->Text), &Length);
	Response->TextLength = (ULONG)Length;
	RtlMoveMemory(Response->Text + sizeof(Response->Text) - Length, Response->Text, Length);
	if (HeadOnly)
		Response->BodyLength = 0;
}

/* What cannot be understood, or not be served, also ends the connection. */
static VOID HttpRefuse(PHTTP_RESPONSE Response, const CHAR *Status)
{
	Response->Close = TRUE;
	HttpRespond(Response, Status, "", FALSE);
}

/* Reads the fields: whether the connection is kept, and FALSE when the request has a body. */
static BOOLEAN HttpReadFields(HTTP_WORD *Rest, PBOOLEAN Close)
{
	HTTP_WORD Line, Name;
	ULONG Length;

	while (HttpNextLine(Rest, &Line) && Line.Length) {
		Name = HttpNextWord(&Line, ':');
		if (HttpIs(Name, "connection") && HttpIs(Line, "close"))
			*Close = TRUE;
		else if (HttpIs(Name, "connection") && HttpIs(Line, "keep-alive"))
			*Close = FALSE;
		else if (HttpIs(Name, "transfer-encoding"))
			return FALSE;
		else if (HttpIs(Name, "content-length") &&
			 (!HttpNumber(Line, MAXULONG, &Length) || Length))
			return FALSE;
	}
	return TRUE;
}

VOID HttpAnswer(PCHAR Request, ULONG Length, ULONG RequestsServed, PHTTP_RESPONSE Response)
{
	HTTP_WORD Rest = {Request, Length}, Line, Method, Target;
	CHAR Page[128];
	BOOLEAN HeadOnly;

	Response->BodyLength = 0;
	Response->Close = FALSE;
	if (Length == HTTP_MAX_REQUEST) {
		HttpRefuse(Response, "431 Request Header Fields Too Large");
		return;
	}
	if (!HttpNextLine(&Rest, &Line)) {
		HttpRefuse(Response, "400 Bad Request");
		return;
	}
	Method = HttpNextWord(&Line, ' ');
	Target = HttpNextWord(&Line, ' ');
	if (!Target.Length || !HttpStartsWith(Line, "HTTP/1.")) {
		HttpRefuse(Response, "400 Bad Request");
		return;
	}
	Response->Close = HttpIs(Line, "HTTP/1.0");
	if (!HttpReadFields(&Rest, &Response->Close)) {
		HttpRefuse(Response, "413 Content Too Large");
		return;
	}
	HeadOnly = HttpIs(Method, "HEAD");
	if (!HeadOnly && !HttpIs(Method, "GET")) {
		HttpRefuse(Response, "405 Method Not Allowed");
		return;
	}

	if (HttpIs(Target, "/")) {
		RtlStringCbPrintfA(Page, sizeof(Page),
				   "A Windows driver on Linux. This is answer %u.\n",
				   RequestsServed);
		HttpRespond(Response, "200 OK", Page, HeadOnly);
		return;
	}
	if (HttpStartsWith(Target, "/bytes/")) {
		Target.Text += sizeof("/bytes/") - 1;
		Target.Length -= sizeof("/bytes/") - 1;
		if (HttpNumber(Target, HTTP_MAX_BODY, &Response->BodyLength)) {
			HttpRespond(Response, "200 OK", "", HeadOnly);
			return;
		}
	}
	HttpRespond(Response, "404 Not Found", "There is / and /bytes/N.\n", HeadOnly);
}
