using MessagePack;

namespace Umps.Objects;

/// <summary>How objects are serialised where the caller says nothing.</summary>
internal static class ObjectOptions
{
    /// <summary>MessagePack's contractless options, with arrays of numbers written and read as a whole: the bytes are the same.</summary>
    public static readonly MessagePackSerializerOptions Default = MessagePack.Resolvers.ContractlessStandardResolver.Options.WithResolver(ObjectResolver.Instance);
}
