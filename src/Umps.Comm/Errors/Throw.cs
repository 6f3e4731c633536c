using System;
using System.Diagnostics.CodeAnalysis;

namespace Umps;

/// <summary>The out-of-line makers of errors.</summary>
internal static partial class Throw
{
    /// <summary>UMPS2005.</summary>
    public static MpiException NullComm(Comm comm, string call) => throw new NotImplementedException();
}
