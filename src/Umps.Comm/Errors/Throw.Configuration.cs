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

    /// <summary>UMPS2403.</summary>
    /// <param name="fact">What was asked, and what the system answered.</param>
    /// <param name="needs">What it takes.</param>
    public static MpiException RealTimeRefused(string fact, string needs) => new(
        MpiErrorClass.Other, ErrorId.RealTimeRefused, -1,
        $"UMPS{ErrorId.RealTimeRefused} (pid {Environment.ProcessId}) Mpi.Init: the rank cannot be a real-time one: {fact}; it needs {needs}. "
        + "docs/launcher.md, Real time, says how an administrator grants it; or run without umpsrun --rt (Umps:RealTime:Enabled).");

    /// <summary>UMPS2402.</summary>
    public static MpiException ConfigurationUnreadable(string path, Exception cause) => new(
        MpiErrorClass.Arg, ErrorId.ConfigurationUnreadable, -1,
        $"UMPS{ErrorId.ConfigurationUnreadable} (pid {Environment.ProcessId}) Mpi.Init: {path} cannot be read: {cause.GetBaseException().Message} "
        + "Correct the file, or take it away.", cause);
}
