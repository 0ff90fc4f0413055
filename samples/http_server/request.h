/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What a client asks for, and what it is told: text only, no sockets. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <ntddk.h>

/* The longest head of a request, and of a response with its text. */
#define HTTP_MAX_REQUEST 4096
#define HTTP_MAX_RESPONSE 512

/* The longest body that /bytes/N can ask for. */
#define HTTP_MAX_BODY (1024u * 1024 * 1024)

typedef struct _HTTP_RESPONSE {
	/* The head, and a short body if it has one: at the end of the array. */
	CHAR Text[HTTP_MAX_RESPONSE];
	ULONG TextLength;
	ULONG BodyLength; /* bytes that follow the text, of no meaning */
	BOOLEAN Close;	  /* the connection ends after it */
} HTTP_RESPONSE, *PHTTP_RESPONSE;

/*
 * Takes one more byte of a request's head. TRUE when the head is complete, or is too long to become
 * a request: then it is time to answer.
 */
BOOLEAN HttpAddByte(PCHAR Request, PULONG Length, CHAR Byte);

/* Answers a request's head. RequestsServed is told on the server's page. */
VOID HttpAnswer(PCHAR Request, ULONG Length, ULONG RequestsServed, PHTTP_RESPONSE Response);

#endif
