using System;
using System.Security.Cryptography;

namespace Umps.WireUp;

/// <summary>What nobody outside the job may guess: its secret, the ranks' tokens, the name of the join socket.</summary>
internal static class JobSecret
{
    /// <summary>Length of the secret.</summary>
    public const int Bytes = 32;

    /// <summary>A secret for a job: authenticates connections between ranks, and is never sent outside ssh or the join socket.</summary>
    public static byte[] New() => RandomNumberGenerator.GetBytes(Bytes);

    /// <summary>A token that admits one rank, once.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>A name for an abstract Unix socket that no other job has.</summary>
    public static string NewSocketName() => $"umps-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
}
