using System.Net;
using System.Net.Http.Headers;
using Amazon.S3.Model;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>An object of an S3-compatible store, as its list has it.</summary>
internal sealed class S3File(S3Line line, string bucket, S3Object listed, string path) : IOutsideFile
{
    public string Address { get; } = $"s3://{bucket}/{Uri.EscapeDataString(listed.Key).Replace("%2F", "/", StringComparison.Ordinal)}";

    public string Path => path;

    public OutsideHead? Head { get; } = new(listed.Size, listed.ETag, listed.LastModified.ToUniversalTime());

    /// <summary>
    /// The files that an address means: the one object of its name, or all below it. Objects that stand for folders are left out.
    /// </summary>
    /// <exception cref="OutsideException">There are none, or one cannot be named in a dataset.</exception>
    public static async Task<IReadOnlyList<IOutsideFile>> ListAsync(S3Line line, Uri url, OutsidePatience patience, CancellationToken cancellation)
    {
        var (bucket, prefix) = (url.Host, Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')));
        var found = new List<S3Object>();
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        await patience.RunAsync(
            url.AbsoluteUri,
            async watch =>
            {
                var page = await S3Line.AskAsync(url.AbsoluteUri, watch, token => line.Client.ListObjectsV2Async(request, token));
                found.AddRange(page.S3Objects ?? []);
                request.ContinuationToken = page.NextContinuationToken;
                if (found.Count > ManifestLimits.EntryCountMax)
                    throw OutsideException.Of("outside-name", url.AbsoluteUri, "it holds too much for one dataset");
                return page.IsTruncated != true;
            },
            () => found.Count,
            cancellation);
        var files = Chosen(found, prefix).Select(item => (IOutsideFile)new S3File(line, bucket, item.Object, item.Path)).ToList();
        return files.Count > 0 ? files : throw OutsideException.Of("outside-missing", url.AbsoluteUri);
    }

    public async Task<OutsideRead> OpenAsync(ByteSpan span, string validator, SilenceWatch watch)
    {
        if (validator != listed.ETag)
            throw OutsideException.Of("outside-changed", Address); // Since a crash, after which the list was read again.
        var isAll = span.From == 0 && (span.Count is null || span.Count == listed.Size);
        var request = new GetObjectRequest { BucketName = bucket, Key = listed.Key, EtagToMatch = listed.ETag };
        if (!isAll)
            request.ByteRange = new(span.From, span.From + span.Count!.Value - 1);
        var answer = await S3Line.AskAsync(Address, watch, token => line.Client.GetObjectAsync(request, token));

        // Not every store heeds a condition, so the answer is judged as well.
        var range = ContentRangeHeaderValue.TryParse(answer.ContentRange, out var told) ? told : null;
        var isPart = answer.HttpStatusCode == HttpStatusCode.PartialContent && range?.From == span.From;
        if (answer.ETag != listed.ETag || (!isAll && !isPart))
        {
            answer.Dispose();
            throw OutsideException.Of("outside-changed", Address);
        }

        return new(answer.ResponseStream, isPart || isAll, isAll ? answer.ContentLength : range!.Length, validator, Head!.ModifiedAt, answer);
    }

    private static IEnumerable<(S3Object Object, string Path)> Chosen(List<S3Object> found, string prefix)
    {
        if (found.Find(o => o.Key == prefix && !o.Key.EndsWith('/')) is { } one)
            return [(one, Named(one.Key[(one.Key.LastIndexOf('/') + 1)..]))];
        var folder = prefix.Length == 0 || prefix.EndsWith('/') ? prefix : prefix + "/";
        return found
            .Where(o => o.Key.StartsWith(folder, StringComparison.Ordinal) && !o.Key.EndsWith('/'))
            .Select(o => (o, Named(o.Key[folder.Length..])));
    }

    private static string Named(string path) =>
        EntryPath.Fault(path) is { } fault ? throw OutsideException.Of("outside-name", EntryPath.Printable(path), fault) : path;
}
