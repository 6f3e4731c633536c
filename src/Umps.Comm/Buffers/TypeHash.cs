using System;
using System.Collections.Concurrent;

namespace Umps.Buffers;

/// <summary>What a message carries of its element type: FNV-1a over the type's full name, the same in every process; 0 for bytes, which match anything.</summary>
/// <remarks>Names have no assembly and no version in them, so that two builds of one program agree.</remarks>
internal static class TypeHash
{
    /// <summary>Bytes: match whatever the other side says.</summary>
    public const uint Bytes = 0;

    private static readonly ConcurrentDictionary<uint, string> s_names = new();

    /// <summary>Serialised objects.</summary>
    public static readonly uint Object = Register("MessagePack object", "an object (SendObject)");

    /// <summary>Hash of a type; the type's name is kept for the texts of errors.</summary>
    public static uint Of(Type type) => type == typeof(byte) ? Bytes : Register(type.ToString(), Keyword(type));

    /// <summary>Name of the type behind a hash, as well as this process knows it.</summary>
    public static string NameOf(uint hash)
    {
        if (hash == Bytes)
            return "byte";
        if (s_names.TryGetValue(hash, out string? name))
            return name;
        RegisterPrimitives();   // not at start: only errors need them
        return s_names.TryGetValue(hash, out name) ? name : $"a type this rank does not use (hash {hash:x8})";
    }

    private static void RegisterPrimitives()
    {
        ReadOnlySpan<Type> primitives =
        [
            typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(nuint),
            typeof(float), typeof(double), typeof(decimal), typeof(char), typeof(bool), typeof(Half), typeof(Int128), typeof(UInt128),
            typeof(Guid), typeof(DateTime), typeof(TimeSpan),
        ];
        foreach (Type type in primitives)
            Of(type);
    }

    private static uint Register(string name, string shown)
    {
        uint hash = 2166136261;
        foreach (char letter in name)
            hash = (hash ^ letter) * 16777619;
        if (hash == Bytes)
            hash = 1;
        s_names.TryAdd(hash, shown);
        return hash;
    }

    private static string Keyword(Type type) => Type.GetTypeCode(type.IsEnum ? typeof(object) : type) switch
    {
        TypeCode.SByte => "sbyte",
        TypeCode.Int16 => "short",
        TypeCode.UInt16 => "ushort",
        TypeCode.Int32 => "int",
        TypeCode.UInt32 => "uint",
        TypeCode.Int64 => "long",
        TypeCode.UInt64 => "ulong",
        TypeCode.Single => "float",
        TypeCode.Double => "double",
        TypeCode.Decimal => "decimal",
        TypeCode.Char => "char",
        TypeCode.Boolean => "bool",
        _ => type == typeof(nint) ? "nint" : type == typeof(nuint) ? "nuint" : type.ToString(),
    };
}

/// <summary>The hash of a type, computed once.</summary>
internal static class TypeHash<T>
    where T : unmanaged
{
    /// <summary>See <see cref="TypeHash"/>.</summary>
    public static readonly uint Value = TypeHash.Of(typeof(T));
}
