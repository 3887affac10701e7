//! Writes rows as a Parquet file.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, TimeUnit, Type};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{self, TypePtr};
use pings_model::ValueType;
use pings_store::Cell;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The number of rows in a row group. A row group is kept in memory until it is full.
const MOST_ROWS: usize = 50_000;

/// The size at which a row group with fewer rows is written, in bytes.
const MOST_BYTES: usize = 32 << 20;

/// A Parquet file that is being written.
///
/// Text is a string, and a timestamp has microseconds in UTC. All columns are optional. The same rows
/// give the same bytes.
pub(crate) struct ParquetFile<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
}

/// The values of a column in the current row group.
struct Column {
    ty: ValueType,
    values: Values,
    /// For each row, 1 if it has a value, otherwise 0.
    levels: Vec<i16>,
}

/// The values of a column, without the missing ones.
enum Values {
    Boolean(Vec<bool>),
    Integer(Vec<i64>),
    Number(Vec<f64>),
    Text(Vec<ByteArray>),
}

impl<W: Write + Send> ParquetFile<W> {
    /// Begins a file with these columns. `comment` is kept in its metadata.
    ///
    /// # Errors
    ///
    /// Returns an error if `to` fails.
    pub(crate) fn new(to: W, columns: &[(&str, ValueType)], comment: Option<&str>) -> Result<Self> {
        let fields = columns.iter().map(|(name, ty)| field(name, *ty));
        let schema = types::Type::group_type_builder("rows")
            .with_fields(fields.collect::<Result<_>>()?)
            .build()?;
        let comment = comment.map(|it| vec![KeyValue::new("comment".to_owned(), it.to_owned())]);
        let properties = WriterProperties::builder()
            .set_created_by("pings".to_owned())
            .set_compression(Compression::GZIP(GzipLevel::default()))
            .set_key_value_metadata(comment)
            .build();
        Ok(Self {
            writer: SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties))?,
            columns: columns.iter().map(|(_, ty)| Column::new(*ty)).collect(),
            rows: 0,
            bytes: 0,
        })
    }

    /// Adds a row with a cell for each column.
    ///
    /// # Errors
    ///
    /// Returns an error if a cell does not have the type of its column, or a row group cannot be written.
    pub(crate) fn add(&mut self, row: &[Cell]) -> Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(row) {
            self.bytes += column.add(cell)?;
        }
        self.rows += 1;
        match self.rows >= MOST_ROWS || self.bytes >= MOST_BYTES {
            true => self.write_group(),
            false => Ok(()),
        }
    }

    /// Completes the file, and returns what it was written to.
    ///
    /// # Errors
    ///
    /// Returns an error if the rest of the file cannot be written.
    pub(crate) fn finish(mut self) -> Result<W> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.into_inner()
    }

    fn write_group(&mut self) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            if let Some(writer) = group.next_column()? {
                column.write(writer)?;
            }
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Column {
    fn new(ty: ValueType) -> Self {
        let values = match ty {
            ValueType::Boolean => Values::Boolean(Vec::new()),
            ValueType::Integer | ValueType::Timestamp => Values::Integer(Vec::new()),
            ValueType::Number => Values::Number(Vec::new()),
            ValueType::Text | ValueType::Json | ValueType::Null => Values::Text(Vec::new()),
        };
        let levels = Vec::new();
        Self { ty, values, levels }
    }

    /// Adds a value, and returns its size in bytes.
    fn add(&mut self, cell: &Cell) -> Result<usize> {
        self.levels.push(i16::from(*cell != Cell::Null));
        match (&mut self.values, cell) {
            (_, Cell::Null) => return Ok(2),
            (Values::Boolean(values), Cell::Boolean(value)) => values.push(*value),
            (Values::Integer(values), Cell::Integer(value)) => values.push(*value),
            (Values::Integer(values), Cell::Text(text)) if self.ty == ValueType::Timestamp => {
                values.push(microseconds(text)?);
            }
            (Values::Number(values), Cell::Number(value)) => values.push(*value),
            (Values::Text(values), Cell::Text(text)) => {
                values.push(text.as_str().into());
                return Ok(text.len() + size_of::<ByteArray>());
            }
            _ => {
                let message = format!("found {cell:?} in a column of {:?}", self.ty);
                return Err(ParquetError::General(message));
            }
        }
        Ok(8)
    }

    /// Writes the values of the row group, and removes them.
    fn write(&mut self, writer: SerializedColumnWriter<'_>) -> Result<()> {
        let levels = std::mem::take(&mut self.levels);
        match &mut self.values {
            Values::Boolean(values) => write::<BoolType>(writer, values, &levels),
            Values::Integer(values) => write::<Int64Type>(writer, values, &levels),
            Values::Number(values) => write::<DoubleType>(writer, values, &levels),
            Values::Text(values) => write::<ByteArrayType>(writer, values, &levels),
        }
    }
}

fn write<T: DataType>(
    mut writer: SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    levels: &[i16],
) -> Result<()> {
    writer
        .typed::<T>()
        .write_batch(values, Some(levels), None)?;
    values.clear();
    writer.close()
}

/// Returns the declaration of a column.
fn field(name: &str, ty: ValueType) -> Result<TypePtr> {
    let (physical, logical) = match ty {
        ValueType::Boolean => (Type::BOOLEAN, None),
        ValueType::Integer => (Type::INT64, None),
        ValueType::Timestamp => {
            let logical = LogicalType::timestamp(true, TimeUnit::MICROS);
            (Type::INT64, Some(logical))
        }
        ValueType::Number => (Type::DOUBLE, None),
        ValueType::Text | ValueType::Json | ValueType::Null => {
            (Type::BYTE_ARRAY, Some(LogicalType::String))
        }
    };
    let field = types::Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()?;
    Ok(Arc::new(field))
}

/// Returns the microseconds of a time such as `2021-02-01T08:12:45Z` since 1970.
fn microseconds(text: &str) -> Result<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339);
    let time = time
        .map_err(|error| ParquetError::General(format!("cannot read the time {text}: {error}")))?;
    let microseconds = time.unix_timestamp_nanos() / 1000;
    i64::try_from(microseconds).map_err(|error| ParquetError::General(error.to_string()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops where something fails")]
mod tests {
    use axum::body::Bytes;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use pings_model::ValueType;
    use pings_store::Cell;

    use super::{MOST_ROWS, ParquetFile};

    const COLUMNS: [(&str, ValueType); 5] = [
        ("name", ValueType::Text),
        ("count", ValueType::Integer),
        ("mean", ValueType::Number),
        ("complete", ValueType::Boolean),
        ("at", ValueType::Timestamp),
    ];

    fn file(rows: &[[Cell; 5]]) -> Vec<u8> {
        let mut file = ParquetFile::new(Vec::new(), &COLUMNS, Some("about rows")).unwrap();
        for row in rows {
            file.add(row).unwrap();
        }
        file.finish().unwrap()
    }

    fn row(count: i64) -> [Cell; 5] {
        [
            Cell::Text(format!("été {}", count % 7)),
            Cell::Integer(count),
            Cell::Number(count as f64 / 4.0),
            Cell::Boolean(count % 2 == 0),
            Cell::Text("2021-02-01T08:12:45.5Z".to_owned()),
        ]
    }

    #[test]
    fn a_file_has_each_value_with_its_type() {
        let none = [Cell::Null, Cell::Null, Cell::Null, Cell::Null, Cell::Null];
        let rows = [row(i64::MAX), none, row(-3)];
        let bytes = file(&rows);
        assert_eq!(bytes, file(&rows));
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let rows = reader.get_row_iter(None).unwrap();
        let rows: Vec<Vec<Field>> = rows
            .map(|row| {
                row.unwrap()
                    .into_columns()
                    .into_iter()
                    .map(|it| it.1)
                    .collect()
            })
            .collect();
        let at = Field::TimestampMicros(1_612_167_165_500_000);
        assert_eq!(
            rows[0],
            [
                Field::Str("été 0".to_owned()),
                Field::Long(i64::MAX),
                Field::Double(i64::MAX as f64 / 4.0),
                Field::Bool(false),
                at.clone(),
            ]
        );
        assert_eq!(rows[1], vec![Field::Null; 5]);
        assert_eq!(
            rows[2][1..],
            [
                Field::Long(-3),
                Field::Double(-0.75),
                Field::Bool(false),
                at
            ]
        );
        let metadata = reader
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .unwrap();
        assert_eq!(metadata[0].value.as_deref(), Some("about rows"));
    }

    #[test]
    fn a_long_file_has_several_row_groups() {
        let rows: Vec<_> = (0..MOST_ROWS as i64 + 5).map(row).collect();
        let bytes = file(&rows);
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let counts = reader.get_row_iter(None).unwrap();
        let counts = counts.map(|row| row.unwrap().into_columns()[1].1.clone());
        assert!(counts.eq((0..rows.len() as i64).map(Field::Long)));
    }

    #[test]
    fn a_file_without_rows_can_be_read() {
        let reader = SerializedFileReader::new(Bytes::from(file(&[]))).unwrap();
        assert_eq!(reader.get_row_iter(None).unwrap().count(), 0);
        assert_eq!(
            reader
                .metadata()
                .file_metadata()
                .schema()
                .get_fields()
                .len(),
            5
        );
    }

    #[test]
    fn a_value_of_another_type_is_an_error() {
        let mut file = ParquetFile::new(Vec::new(), &COLUMNS[1..2], None).unwrap();
        let error = file.add(&[Cell::Text("x".to_owned())]).unwrap_err();
        assert!(
            error.to_string().contains("in a column of Integer"),
            "{error}"
        );
    }
}
