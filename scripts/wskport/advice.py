# SPDX-License-Identifier: MIT OR GPL-2.0
"""What to use instead of what is missing, and what behaves otherwise though it is there."""
import re

# The first that matches counts.
INSTEAD = [
    (r"(Wdf|WDF|PWDF|EVT_WDF|_WDF)\w*",
     "WDF is not offered. Write the driver's frame against WDM (DriverEntry, DriverUnload, "
     "IoCreateDevice); what speaks WSK can stay."),
    (r"wdf\w*\.h", "WDF is not offered. Keep what needs it in files of its own, and leave them out."),
    (r"(Ndis|NDIS_|PNDIS_|NET_BUFFER|PNET_BUFFER|NET_RING)\w*|(ndis|netadaptercx)\w*\.h",
     "Of NDIS only the names in include/ndis.h for memory, locks, events, time, strings and buffers: "
     "network adapters and filters are Linux drivers (struct net_device, netfilter). Payload that "
     "comes from WSK is in MDLs."),
    (r"(Fwp|FWP|fwp)\w*(\.h)?",
     "The filtering platform is not offered: netfilter and eBPF filter on Linux; for a driver's own "
     "listening sockets WskInspectEvent decides."),
    (r"(Flt|FLT_|PFLT_)\w*|fltkernel\.h",
     "File system filters are not offered: fanotify, or a Linux file system."),
    (r"(BCrypt|BCRYPT_|PBCRYPT_)\w*|bcrypt\.h",
     "Of CNG only what include/bcrypt.h has: hashes, AES, random numbers, and no asymmetric keys."),
    (r"(Zw|Nt)\w*Key\w*|Rtl\w*Registry\w*|RTL_QUERY_REGISTRY_\w*|IoOpenDeviceRegistryKey|"
     r"P?KEY_\w+_INFORMATION",
     "Of the registry only what include/wdm/cm.h has: keys and values, without notification and links."),
    (r"(Zw|Nt)(Create|Open|Read|Write|Query|Set|Delete|Flush)\w*File\w*|P?FILE_\w+_INFORMATION",
     "Of files only what include/wdm/file.h has: opened, read, written, sized, deleted; no folders."),
    (r"(Zw|Nt|Mm)\w*(Section|ViewOf)\w*",
     "Sections are not offered: allocate pool, or lock the memory of the process that calls."),
    (r"Ps(Set|Remove)\w*Notify\w*|Ob(Un)?RegisterCallbacks?|Cm(Un)?RegisterCallback\w*",
     "Callbacks about processes, objects and keys are not offered: audit, eBPF or tracepoints."),
    (r"(Ps|Zw|Nt)\w*(Process|Token)\w*|Se[A-Z]\w+|PEPROCESS|PACCESS_TOKEN",
     "Processes and tokens are Linux' own, and not shown to drivers."),
    (r"(Etw|EVENT_|PEVENT_|REGHANDLE|EventRegister|EventWrite|TraceLogging|McGen)\w*|evntprov\.h",
     "ETW is not offered: DbgPrintEx, or WPP macros, which become a tracepoint of wsk.ko."),
    (r"(WppRecorder|WPP_RECORDER|RECORDER_)\w*|wpprecorder\.h",
     "The in-flight recorder is not offered: Linux' trace buffer holds what WPP macros say."),
    (r"(Usb|USB|URB|_URB|PURB)\w*|usb\w*\.h", "USB is not offered: write a Linux USB driver."),
    (r"(Scsi|StorPort|SCSI_|PSCSI_|SRB_|STOR_)\w*|(storport|scsi|srb)\.h",
     "Storage ports are not offered: a Linux block driver."),
    (r"(Tdi|TDI_|PTDI_)\w*|tdi\w*\.h", "TDI is not offered: use WSK."),
    (r"(Po[A-Z]|POWER_|PPOWER_|DEVICE_POWER|SYSTEM_POWER)\w*",
     "Power management is Linux' own; sockets need none."),
    (r"(Hal|READ_PORT|WRITE_PORT|READ_REGISTER|WRITE_REGISTER|MmMapIoSpace|IoConnectInterrupt)\w*",
     "Hardware is not offered: a Linux driver."),
    (r"Io(RegisterDeviceInterface|SetDeviceInterface|GetDeviceInterface|InvalidateDevice|Report|"
     r"GetDeviceProperty|OpenDeviceInterface|WMI)\w*|PLUGPLAY_\w+|AddDevice",
     "Plug and play is not offered: create the device in DriverEntry with IoCreateDevice."),
    (r"(Mm|Io|Ke|Ex|Rtl|Ob|Ps|Cc|Fs|Zw|Nt|Kd|Sec|Wsk)[A-Z]\w+",
     "A function of Windows' kernel that WSK for Linux does not have. Documentation/irql-map.rst "
     "lists those that it has."),
    (r"P?MIB_\w+|Get(Ip|If|Unicast|Best|Multicast|Anycast)\w+|\w*Mib\w*|Notify\w+Change\w*",
     "Of the IP Helper what include/netioapi.h has: the functions whose names end in 2, and their kin."),
    (r"operator (new|delete).*",
     "operator new and delete are the driver's own, as on Windows: define this form over "
     "ExAllocatePool2 and ExFreePoolWithTag."),
    (r"std|std::.*|_ZSt.*|iostream|vector|string|map|c\w+|(pthread|locale|unistd|wctype|math)\.h",
     "Of the C++ library only headers that need no operating system: Documentation/porting.rst lists "
     "them."),
    (r"(windows|winsock2|ws2tcpip|winioctl|iphlpapi|winternl)\.h",
     "A header of programs, not of drivers: leave the file out, or guard the line."),
    (r".*\.h(pp)?", "No such header is in the project or in include/."),
    (r"DriverEntry", "No source has it: is this a library's project? Name the driver's sources."),
]

# What of C++ and C has no place in a kernel: the compiler's words, what it is, what to do.
LANGUAGE = [
    (r"exception handling disabled", "C++ exceptions",
     "No exceptions, as in Windows' kernel: return an NTSTATUS."),
    (r"'dynamic_cast' not permitted with '-fno-rtti'|cannot use 'typeid' with '-fno-rtti'", "RTTI",
     "No RTTI, as in Windows' kernel: a virtual function, or a member that says what it is."),
    (r"SSE register (?:return|argument) with SSE disabled|x87 register", "floating point",
     "No floating point in kernel code: use integers."),
]

# What is there and behaves otherwise: a pattern of code, and what to know.
OTHERWISE = [
    (r"(?<![\w.>])(?<!long )long(?! long)\b(?!\s*double)",
     "long has 64 bits here: use LONG or ULONG where it goes over the wire or must wrap"),
    (r"\b__finally\b",
     "__finally does not run when return, goto, break or continue leave its __try; __leave does"),
    (r"\b__except\b",
     "__try catches what functions raise (MmProbeAndLockPages), not bad pointers, which are an oops"),
    (r"\bPagedPool\b|\bPOOL_FLAG_PAGED\b", "all pool is resident: paged pool costs as much as other"),
    (r"\bKeSetPriorityThread\b", "priorities become nice values"),
    (r"\b(?:Zw(?:Create|Open)Key(?:Ex)?|RtlQueryRegistryValues(?:Ex)?|IoOpenDriverRegistryKey)\b",
     "the registry is filled from /etc/wsk/NAME.reg and by insmod"),
    (r"\bZw(?:Create|Open)File\b", "C: is a folder that wsk.ko is told; names are in Linux' case"),
    (r"\bZw(?:Open|MapViewOf)Section\b", "there are no sections: it fails"),
    (r"\bZwSetValueKey\b|\bRtlWriteRegistryValue\b",
     "what is written to the registry is gone when the driver is unloaded"),
    (r"\bExRaiseStatus\b|\bRtlRaiseStatus\b",
     "an exception does not unwind: a function that raises goes on, unless it has the __try itself"),
    (r"\b(?:DbgBreakPoint|__debugbreak|KeBugCheck(?:Ex)?)\b", "is an oops, and may stop the machine"),
    (r"\bMETHOD_NEITHER\b|\bType3InputBuffer\b",
     "a program's address is used by MmProbeAndLockPages, CopyFromUser and CopyToUser; reading "
     "through it is an oops, whatever ProbeForRead said"),
    (r"\bIoRegisterShutdownNotification\b", "IRP_MJ_SHUTDOWN comes with reboot(2)"),
    (r"\bFastIoDispatch\b", "fast I/O is never called: requests come as IRPs"),
    (r"\b(?:Io|Ps)GetCurrentProcess\b", "an address to compare, and nothing more"),
    (r"\bWSK_TRANSPORT_LIST_CHANGE\b", "the transports never change"),
]

INSTEAD = [(re.compile(pattern), text) for pattern, text in INSTEAD]
LANGUAGE = [(re.compile(pattern), name, text) for pattern, name, text in LANGUAGE]
OTHERWISE = [(re.compile(pattern), text) for pattern, text in OTHERWISE]


def instead_of(name):
    for _, feature, text in LANGUAGE:
        if feature == name:
            return text
    for pattern, text in INSTEAD:
        if pattern.fullmatch(name):
            return text
    return "Not in include/, and not exported by wsk.ko."


def language(message):
    """What of the language has no place here, when a compiler's message is about that."""
    return next((name for pattern, name, _ in LANGUAGE if pattern.search(message)), None)


def warnings(files, texts, relative):
    """{text: [(file, line)]} of what the code has that behaves otherwise."""
    found = {}
    for path in files:
        for number, line in enumerate(texts.code(path).splitlines(), 1):
            if line.lstrip().startswith("#"):
                continue
            for pattern, text in OTHERWISE:
                if pattern.search(line):
                    found.setdefault(text, []).append((relative(path), number))
    return found
