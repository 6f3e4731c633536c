using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

namespace Umps.Objects;

/// <summary>Finds the formatter of a type: ours for arrays of numbers, else the contractless resolver's.</summary>
/// <remarks>A field by type, as MessagePack's own resolvers have: a composite of theirs would look into a table for every member of every object.</remarks>
internal sealed class ObjectResolver : IFormatterResolver
{
    /// <summary>The only one.</summary>
    public static readonly ObjectResolver Instance = new();

    private ObjectResolver()
    {
    }

    /// <inheritdoc/>
    public IMessagePackFormatter<T>? GetFormatter<T>() => Cache<T>.Formatter;

    private static class Cache<T>
    {
        public static readonly IMessagePackFormatter<T>? Formatter = Find();

        private static IMessagePackFormatter<T>? Find() =>
            typeof(T) == typeof(double[]) ? (IMessagePackFormatter<T>)(object)new DoubleArrayFormatter()
            : typeof(T) == typeof(float[]) ? (IMessagePackFormatter<T>)(object)new SingleArrayFormatter()
            : ContractlessStandardResolver.Instance.GetFormatter<T>();
    }
}
