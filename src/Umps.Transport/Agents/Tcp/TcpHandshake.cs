using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Umps.Transport.Agents.Tcp;

/// <summary>The three messages before the first frame, byte by byte: both sides prove that they know the job's secret, which is never sent.</summary>
/// <remarks>
/// <code>
///  acceptor  → connector   Greeting  magic 8 | version 4 | zero 4 | nonceA 32
///  connector → acceptor    Claim     magic 8 | version 4 | from 4 | to 4 | credit 4 | nonceC 32 | HMAC-SHA256(secret, "connector", all of it) 32
///  acceptor  → connector   Verdict   magic 8 | version 4 | credit 4 | HMAC-SHA256(secret, "acceptor", all of it) 32
/// </code>
/// "All of it" is version, from, to, credit, nonceA, nonceC: a proof is good for one connection, one direction, two endpoints. The acceptor alone decides, at the
/// moment of the Claim, so a connection exists for both sides or for none. The first 12 bytes of a Greeting stay as they are in every version.
/// </remarks>
internal static class TcpHandshake
{
    public const int NonceBytes = 32;
    public const int GreetingBytes = 48;
    public const int ClaimBytes = 88;
    public const int VerdictBytes = 48;

    private const int ProofBytes = 32;

    private static ReadOnlySpan<byte> Magic => "UmpsTcp\n"u8;

    /// <summary>True when the bytes begin as one of ours; the version is the caller's to compare.</summary>
    public static bool TryReadVersion(ReadOnlySpan<byte> message, out uint version)
    {
        version = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        return message[..8].SequenceEqual(Magic);
    }

    public static void WriteGreeting(Span<byte> message, ReadOnlySpan<byte> nonceA)
    {
        WriteHead(message);
        BinaryPrimitives.WriteUInt32LittleEndian(message[12..], 0);
        nonceA.CopyTo(message[16..]);
    }

    public static ReadOnlySpan<byte> NonceOfGreeting(ReadOnlySpan<byte> message) => message.Slice(16, NonceBytes);

    public static void WriteClaim(Span<byte> message, ReadOnlySpan<byte> secret, int from, int to, int creditBytes, ReadOnlySpan<byte> nonceA, ReadOnlySpan<byte> nonceC)
    {
        WriteHead(message);
        BinaryPrimitives.WriteInt32LittleEndian(message[12..], from);
        BinaryPrimitives.WriteInt32LittleEndian(message[16..], to);
        BinaryPrimitives.WriteInt32LittleEndian(message[20..], creditBytes);
        nonceC.CopyTo(message[24..]);
        Prove(secret, "connector"u8, from, to, creditBytes, nonceA, nonceC, message[56..]);
    }

    /// <returns>False when it is no claim of this job for this endpoint.</returns>
    public static bool TryReadClaim(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secret, int ownId, ReadOnlySpan<byte> nonceA, out int from, out int creditBytes)
    {
        from = BinaryPrimitives.ReadInt32LittleEndian(message[12..]);
        int to = BinaryPrimitives.ReadInt32LittleEndian(message[16..]);
        creditBytes = BinaryPrimitives.ReadInt32LittleEndian(message[20..]);
        Span<byte> proof = stackalloc byte[ProofBytes];
        Prove(secret, "connector"u8, from, to, creditBytes, nonceA, NonceOfClaim(message), proof);
        return CryptographicOperations.FixedTimeEquals(proof, message.Slice(56, ProofBytes)) && to == ownId;
    }

    public static ReadOnlySpan<byte> NonceOfClaim(ReadOnlySpan<byte> message) => message.Slice(24, NonceBytes);

    public static void WriteVerdict(Span<byte> message, ReadOnlySpan<byte> secret, int from, int to, int creditBytes, ReadOnlySpan<byte> nonceA, ReadOnlySpan<byte> nonceC)
    {
        WriteHead(message);
        BinaryPrimitives.WriteInt32LittleEndian(message[12..], creditBytes);
        Prove(secret, "acceptor"u8, from, to, creditBytes, nonceA, nonceC, message[16..]);
    }

    /// <returns>False when the other side does not know the secret.</returns>
    public static bool TryReadVerdict(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secret, int from, int to, ReadOnlySpan<byte> nonceA, ReadOnlySpan<byte> nonceC, out int creditBytes)
    {
        creditBytes = BinaryPrimitives.ReadInt32LittleEndian(message[12..]);
        Span<byte> proof = stackalloc byte[ProofBytes];
        Prove(secret, "acceptor"u8, from, to, creditBytes, nonceA, nonceC, proof);
        return CryptographicOperations.FixedTimeEquals(proof, message.Slice(16, ProofBytes));
    }

    private static void WriteHead(Span<byte> message)
    {
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], TcpFrameHeader.LayoutVersion);
    }

    private static void Prove(
        ReadOnlySpan<byte> secret, ReadOnlySpan<byte> role, int from, int to, int creditBytes, ReadOnlySpan<byte> nonceA, ReadOnlySpan<byte> nonceC, Span<byte> proof)
    {
        const int RoleBytes = 16, WordBytes = 16;
        Span<byte> text = stackalloc byte[RoleBytes + WordBytes + 2 * NonceBytes];
        text.Clear();
        role.CopyTo(text);
        BinaryPrimitives.WriteInt32LittleEndian(text[RoleBytes..], TcpFrameHeader.LayoutVersion);
        BinaryPrimitives.WriteInt32LittleEndian(text[(RoleBytes + 4)..], from);
        BinaryPrimitives.WriteInt32LittleEndian(text[(RoleBytes + 8)..], to);
        BinaryPrimitives.WriteInt32LittleEndian(text[(RoleBytes + 12)..], creditBytes);
        nonceA.CopyTo(text[(RoleBytes + WordBytes)..]);
        nonceC.CopyTo(text[(RoleBytes + WordBytes + NonceBytes)..]);
        HMACSHA256.HashData(secret, text, proof);
    }
}
