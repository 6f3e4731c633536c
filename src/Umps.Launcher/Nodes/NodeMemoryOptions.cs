using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>The options that shape the node's memory: it is made before any rank can read its configuration.</summary>
internal static class NodeMemoryOptions
{
    private const string UnitPoolBytes = "Umps:Transport:Shm:UnitPoolBytes";

    /// <summary>From umpsrun's options, else from the ranks' environment, else from umps.json in their working folder. What is not a number is left to the ranks: they check
    /// all options together.</summary>
    public static TransportOptions Of(IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables, string folder)
    {
        string path = Path.Combine(folder, "umps.json");
        string? text = File.Exists(path) ? InFile(path) : null;
        foreach ((string name, string value) in variables)
            if (name.Replace("__", ":", StringComparison.Ordinal).Equals(UnitPoolBytes, StringComparison.OrdinalIgnoreCase))
                text = value;
        foreach ((string key, string value) in settings)
            if (key.Equals(UnitPoolBytes, StringComparison.OrdinalIgnoreCase))
                text = value;
        var options = new TransportOptions();
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int bytes)
            ? options with { Shm = options.Shm with { UnitPoolBytes = bytes } }
            : options;
    }

    private static string? InFile(string path)
    {
        try
        {
            var leniently = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };      // as the ranks read it
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), leniently);
            return Find(document.RootElement, UnitPoolBytes);
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;        // the ranks say so
        }
    }

    /// <summary>A key may be nested, or written with colons.</summary>
    private static string? Find(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name.Equals(path, StringComparison.OrdinalIgnoreCase))
                return property.Value.ToString();
            if (path.StartsWith(property.Name + ":", StringComparison.OrdinalIgnoreCase) && Find(property.Value, path[(property.Name.Length + 1)..]) is { } found)
                return found;
        }

        return null;
    }
}
