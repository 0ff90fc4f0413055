// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Compartments, of which a caller sees one: the network namespace that it is in. And what of the
 * IP Helper has no meaning on Linux.
 */
#include "nt/iphlp.h"

namespace wsk
{

namespace
{

constexpr GUID primary = {
	0xa17d2c4b, 0x0e94, 0x4f7c, {0x9b, 0x2a, 0x61, 0x5e, 0x38, 0xd0, 0x47, 1}};

bool is_primary(NET_IF_COMPARTMENT_ID id)
{
	return id == NET_IF_COMPARTMENT_ID_PRIMARY || id == NET_IF_COMPARTMENT_ID_UNSPECIFIED;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * GetCurrentThreadCompartmentId() - Tells the compartment of the current thread.
 *
 * Context: Any IRQL.
 * Return: NET_IF_COMPARTMENT_ID_PRIMARY: the network namespace of the process.
 * Source: netioapi.h, GetCurrentThreadCompartmentId function
 */
extern "C" NET_IF_COMPARTMENT_ID NTAPI GetCurrentThreadCompartmentId(VOID)
{
	return NET_IF_COMPARTMENT_ID_PRIMARY;
}

/**
 * SetCurrentThreadCompartmentId() - Chooses the compartment of the current thread.
 * @CompartmentId: NET_IF_COMPARTMENT_ID_PRIMARY, or 0 for the process'.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED for any other.
 * Source: netioapi.h, SetCurrentThreadCompartmentId function
 */
extern "C" NTSTATUS NTAPI SetCurrentThreadCompartmentId(NET_IF_COMPARTMENT_ID CompartmentId)
{
	return is_primary(CompartmentId) ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

/**
 * GetCurrentThreadCompartmentScope() - Tells what compartments the current thread sees.
 * @CompartmentScope: Receives NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED: its own.
 * @CompartmentId: Receives NET_IF_COMPARTMENT_ID_PRIMARY.
 *
 * Context: Any IRQL.
 * Source: netioapi.h, GetCurrentThreadCompartmentScope function
 */
extern "C" VOID NTAPI GetCurrentThreadCompartmentScope(PNET_IF_COMPARTMENT_SCOPE CompartmentScope,
						       PNET_IF_COMPARTMENT_ID CompartmentId)
{
	*CompartmentScope = NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED;
	*CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
}

/**
 * SetCurrentThreadCompartmentScope() - Chooses what compartments the current thread sees.
 * @CompartmentScope: NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED: its own.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED for any other.
 * Source: netioapi.h, SetCurrentThreadCompartmentScope function
 */
extern "C" NTSTATUS NTAPI
SetCurrentThreadCompartmentScope(NET_IF_COMPARTMENT_SCOPE CompartmentScope)
{
	return CompartmentScope == NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED ? STATUS_SUCCESS
									: STATUS_NOT_SUPPORTED;
}

/**
 * GetJobCompartmentId() - Tells the compartment of a job.
 * @JobHandle: Ignored: there are no jobs.
 *
 * Context: Any IRQL.
 * Return: NET_IF_COMPARTMENT_ID_PRIMARY.
 * Source: netioapi.h, GetJobCompartmentId function
 */
extern "C" NET_IF_COMPARTMENT_ID NTAPI GetJobCompartmentId(HANDLE JobHandle)
{
	UNREFERENCED_PARAMETER(JobHandle);
	return NET_IF_COMPARTMENT_ID_PRIMARY;
}

/**
 * SetJobCompartmentId() - Chooses the compartment of a job.
 * @JobHandle: Ignored: there are no jobs.
 * @CompartmentId: NET_IF_COMPARTMENT_ID_PRIMARY, or 0.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED for any other compartment.
 * Source: netioapi.h, SetJobCompartmentId function
 */
extern "C" NTSTATUS NTAPI SetJobCompartmentId(HANDLE JobHandle, NET_IF_COMPARTMENT_ID CompartmentId)
{
	UNREFERENCED_PARAMETER(JobHandle);
	return is_primary(CompartmentId) ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

/**
 * GetSessionCompartmentId() - Tells the compartment of a session.
 * @SessionId: Ignored: there are no sessions.
 *
 * Context: Any IRQL.
 * Return: NET_IF_COMPARTMENT_ID_PRIMARY.
 * Source: netioapi.h, GetSessionCompartmentId function
 */
extern "C" NET_IF_COMPARTMENT_ID NTAPI GetSessionCompartmentId(ULONG SessionId)
{
	UNREFERENCED_PARAMETER(SessionId);
	return NET_IF_COMPARTMENT_ID_PRIMARY;
}

/**
 * SetSessionCompartmentId() - Chooses the compartment of a session.
 * @SessionId: Ignored: there are no sessions.
 * @CompartmentId: NET_IF_COMPARTMENT_ID_PRIMARY, or 0.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED for any other compartment.
 * Source: netioapi.h, SetSessionCompartmentId function
 */
extern "C" NTSTATUS NTAPI SetSessionCompartmentId(ULONG SessionId,
						  NET_IF_COMPARTMENT_ID CompartmentId)
{
	UNREFERENCED_PARAMETER(SessionId);
	return is_primary(CompartmentId) ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

/**
 * GetDefaultCompartmentId() - Tells the compartment of processes that have chosen none.
 *
 * Context: Any IRQL.
 * Return: NET_IF_COMPARTMENT_ID_PRIMARY.
 * Source: netioapi.h, GetDefaultCompartmentId function
 */
extern "C" NET_IF_COMPARTMENT_ID NTAPI GetDefaultCompartmentId(VOID)
{
	return NET_IF_COMPARTMENT_ID_PRIMARY;
}

/**
 * ConvertCompartmentIdToGuid() - Tells the GUID of a compartment.
 * @CompartmentId: NET_IF_COMPARTMENT_ID_PRIMARY.
 * @CompartmentGuid: Receives the GUID.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL); STATUS_NOT_FOUND for any other
 *	compartment.
 * Source: netioapi.h, ConvertCompartmentIdToGuid function
 */
extern "C" NTSTATUS NTAPI ConvertCompartmentIdToGuid(NET_IF_COMPARTMENT_ID CompartmentId,
						     GUID *CompartmentGuid)
{
	if (!CompartmentGuid)
		return STATUS_INVALID_PARAMETER;
	if (CompartmentId != NET_IF_COMPARTMENT_ID_PRIMARY)
		return STATUS_NOT_FOUND;
	*CompartmentGuid = primary;
	return STATUS_SUCCESS;
}

/**
 * ConvertCompartmentGuidToId() - Finds a compartment by its GUID.
 * @CompartmentGuid: The GUID.
 * @CompartmentId: Receives NET_IF_COMPARTMENT_ID_PRIMARY.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (a NULL); STATUS_NOT_FOUND for any other GUID.
 * Source: netioapi.h, ConvertCompartmentGuidToId function
 */
extern "C" NTSTATUS NTAPI ConvertCompartmentGuidToId(const GUID *CompartmentGuid,
						     PNET_IF_COMPARTMENT_ID CompartmentId)
{
	if (!CompartmentGuid || !CompartmentId)
		return STATUS_INVALID_PARAMETER;
	if (!IsEqualGUID(*CompartmentGuid, primary))
		return STATUS_NOT_FOUND;
	*CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
	return STATUS_SUCCESS;
}

/**
 * GetNetworkInformation() - Would tell about a network that has a GUID.
 * @NetworkGuid: The GUID.
 * @CompartmentId: Not written to.
 * @SiteId: Not written to.
 * @NetworkName: Not written to.
 * @Length: Room for the name.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED: Linux gives networks no names.
 * Source: netioapi.h, GetNetworkInformation function
 */
extern "C" NTSTATUS NTAPI GetNetworkInformation(const NET_IF_NETWORK_GUID *NetworkGuid,
						PNET_IF_COMPARTMENT_ID CompartmentId, PULONG SiteId,
						PWCHAR NetworkName, ULONG Length)
{
	UNREFERENCED_PARAMETER(NetworkGuid);
	UNREFERENCED_PARAMETER(CompartmentId);
	UNREFERENCED_PARAMETER(SiteId);
	UNREFERENCED_PARAMETER(NetworkName);
	UNREFERENCED_PARAMETER(Length);
	return STATUS_NOT_SUPPORTED;
}

/**
 * SetNetworkInformation() - Would name a network that has a GUID.
 * @NetworkGuid: The GUID.
 * @CompartmentId: The compartment.
 * @NetworkName: The name.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED, as GetNetworkInformation().
 * Source: netioapi.h, SetNetworkInformation function
 */
extern "C" NTSTATUS NTAPI SetNetworkInformation(const NET_IF_NETWORK_GUID *NetworkGuid,
						NET_IF_COMPARTMENT_ID CompartmentId,
						const WCHAR *NetworkName)
{
	UNREFERENCED_PARAMETER(NetworkGuid);
	UNREFERENCED_PARAMETER(CompartmentId);
	UNREFERENCED_PARAMETER(NetworkName);
	return STATUS_NOT_SUPPORTED;
}

/**
 * GetTeredoPort() - Would tell the port of the Teredo client.
 * @Port: Not written to.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED: Linux has no Teredo client.
 * Source: netioapi.h, GetTeredoPort function
 */
extern "C" NTSTATUS NTAPI GetTeredoPort(USHORT *Port)
{
	UNREFERENCED_PARAMETER(Port);
	return STATUS_NOT_SUPPORTED;
}

/**
 * NotifyTeredoPortChange() - Would tell when the port of the Teredo client changes.
 * @Callback: Never called.
 * @CallerContext: Its context.
 * @InitialNotification: Whether to call it at once.
 * @NotificationHandle: Not written to.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED, as GetTeredoPort().
 * Source: netioapi.h, NotifyTeredoPortChange function
 */
extern "C" NTSTATUS NTAPI NotifyTeredoPortChange(PTEREDO_PORT_CHANGE_CALLBACK Callback,
						 PVOID CallerContext, BOOLEAN InitialNotification,
						 HANDLE *NotificationHandle)
{
	UNREFERENCED_PARAMETER(Callback);
	UNREFERENCED_PARAMETER(CallerContext);
	UNREFERENCED_PARAMETER(InitialNotification);
	UNREFERENCED_PARAMETER(NotificationHandle);
	return STATUS_NOT_SUPPORTED;
}

/**
 * GetNetworkConnectivityHint() - Would tell how well this machine is connected.
 * @ConnectivityHint: Not written to.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED: on Linux programs find that out, not the kernel.
 * Source: netioapi.h, GetNetworkConnectivityHint function
 */
extern "C" NTSTATUS NTAPI GetNetworkConnectivityHint(NL_NETWORK_CONNECTIVITY_HINT *ConnectivityHint)
{
	UNREFERENCED_PARAMETER(ConnectivityHint);
	return STATUS_NOT_SUPPORTED;
}

/**
 * GetNetworkConnectivityHintForInterface() - Would tell how well an interface is connected.
 * @InterfaceIndex: The interface.
 * @ConnectivityHint: Not written to.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED, as GetNetworkConnectivityHint().
 * Source: netioapi.h, GetNetworkConnectivityHintForInterface function
 */
extern "C" NTSTATUS NTAPI GetNetworkConnectivityHintForInterface(
	NET_IFINDEX InterfaceIndex, NL_NETWORK_CONNECTIVITY_HINT *ConnectivityHint)
{
	UNREFERENCED_PARAMETER(InterfaceIndex);
	UNREFERENCED_PARAMETER(ConnectivityHint);
	return STATUS_NOT_SUPPORTED;
}

/**
 * NotifyNetworkConnectivityHintChange() - Would tell when that hint changes.
 * @Callback: Never called.
 * @CallerContext: Its context.
 * @InitialNotification: Whether to call it at once.
 * @NotificationHandle: Not written to.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED, as GetNetworkConnectivityHint().
 * Source: netioapi.h, NotifyNetworkConnectivityHintChange function
 */
extern "C" NTSTATUS NTAPI NotifyNetworkConnectivityHintChange(
	PNETWORK_CONNECTIVITY_HINT_CHANGE_CALLBACK Callback, PVOID CallerContext,
	BOOLEAN InitialNotification, PHANDLE NotificationHandle)
{
	UNREFERENCED_PARAMETER(Callback);
	UNREFERENCED_PARAMETER(CallerContext);
	UNREFERENCED_PARAMETER(InitialNotification);
	UNREFERENCED_PARAMETER(NotificationHandle);
	return STATUS_NOT_SUPPORTED;
}
