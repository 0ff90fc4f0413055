// SPDX-License-Identifier: MIT OR GPL-2.0
/* The first driver of README.md: listens on TCP port 7000 for as long as it is loaded. */
#include <ntddk.h>
#include <wsk.h>

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static PWSK_SOCKET Socket;
static PIRP Irp;
static KEVENT Done;

static NTSTATUS NTAPI RequestCompleted(PDEVICE_OBJECT DeviceObject, PIRP CompletedIrp,
				       PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(CompletedIrp);
	UNREFERENCED_PARAMETER(Context);
	KeSetEvent(&Done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED; /* the IRP is ours */
}

/* One request at a time: the IRP for it, and waiting until it has completed. */
static PIRP NextRequest(VOID)
{
	KeClearEvent(&Done);
	IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Irp, RequestCompleted, NULL, TRUE, TRUE, TRUE);
	return Irp;
}

static NTSTATUS Result(NTSTATUS Status)
{
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
	return Irp->IoStatus.Status;
}

static NTSTATUS Listen(VOID)
{
	SOCKADDR_IN Address = {0};
	NTSTATUS Status;

	Address.sin_family = AF_INET;
	Address.sin_port = RtlUshortByteSwap(7000);

	Status = Result(Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM,
						     IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL,
						     NULL, NULL, NULL, NULL, NextRequest()));
	if (!NT_SUCCESS(Status))
		return Status;
	Socket = (PWSK_SOCKET)Irp->IoStatus.Information;
	return Result(((PWSK_PROVIDER_LISTEN_DISPATCH)Socket->Dispatch)
			      ->WskBind(Socket, (PSOCKADDR)&Address, 0, NextRequest()));
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	if (Socket)
		Result(((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)
			       ->WskCloseSocket(Socket, NextRequest()));
	IoFreeIrp(Irp);
	WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = Unload;
	KeInitializeEvent(&Done, NotificationEvent, FALSE);
	Irp = IoAllocateIrp(1, FALSE);
	if (!Irp)
		return STATUS_INSUFFICIENT_RESOURCES;

	Status = WskRegister(&Client, &Registration);
	if (!NT_SUCCESS(Status)) {
		IoFreeIrp(Irp);
		return Status;
	}
	Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&Registration);
		IoFreeIrp(Irp);
		return Status;
	}

	Status = Listen();
	if (!NT_SUCCESS(Status)) {
		Unload(DriverObject);
		return Status;
	}
	DbgPrint("first: listening on port 7000\n");
	return STATUS_SUCCESS;
}
