using System;
using System.Collections.Generic;

namespace Umps;

internal static partial class Throw
{
    /// <summary>UMPS2401.</summary>
    public static MpiException ConfigurationFaults(IReadOnlyList<string> faults) => new(
        MpiErrorClass.Arg, ErrorId.ConfigurationFaults, -1,
        $"UMPS{ErrorId.ConfigurationFaults} (pid {Environment.ProcessId}) Mpi.Init: "
        + (faults.Count == 1 ? $"the configuration has a fault: {faults[0]}." : $"the configuration has {faults.Count} faults:\n  {string.Join(".\n  ", faults)}.\n ")
        + " docs/configuration.md lists the options; --show-config prints what holds.");

    /// <summary>UMPS2402.</summary>
    public static MpiException ConfigurationUnreadable(string path, Exception cause) => new(
        MpiErrorClass.Arg, ErrorId.ConfigurationUnreadable, -1,
        $"UMPS{ErrorId.ConfigurationUnreadable} (pid {Environment.ProcessId}) Mpi.Init: {path} cannot be read: {cause.GetBaseException().Message} "
        + "Correct the file, or take it away.", cause);
}
